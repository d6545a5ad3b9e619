"""The demo: a provider whose nodes use every port kind, and the walk through them."""
