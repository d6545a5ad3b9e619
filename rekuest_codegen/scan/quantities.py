"""The quantity types that are known by name: reference unit, proposed units and dimension of each.

The facts are those of the ``kanne`` dimension types; nothing of that package is needed or imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """What a QUANTITY port says about its values."""

    reference: str
    proposed: tuple[str, ...] = ()
    dimension: str | None = None


QUANTITIES: Mapping[str, Unit] = {
    "kanne.AmountOfSubstance": Unit("mole", ("nmol", "umol", "mmol", "mol"), "[substance]"),
    "kanne.Area": Unit("meter ** 2", ("um ** 2", "mm ** 2", "m ** 2"), "[length] ** 2"),
    "kanne.Capacitance": Unit(
        "farad", ("pF", "nF", "uF", "F"), "[current] ** 2 * [time] ** 4 / [mass] / [length] ** 2"
    ),
    "kanne.Concentration": Unit("molar", ("pM", "nM", "uM", "mM", "M"), "[substance] / [length] ** 3"),
    "kanne.Duration": Unit("second", ("ns", "us", "ms", "s"), "[time]"),
    "kanne.ElectricCharge": Unit("coulomb", ("pC", "nC", "C"), "[current] * [time]"),
    "kanne.ElectricCurrent": Unit("ampere", ("pA", "nA", "uA", "mA", "A"), "[current]"),
    "kanne.ElectricPotential": Unit("volt", ("uV", "mV", "V"), "[mass] * [length] ** 2 / [time] ** 3 / [current]"),
    "kanne.ElectricalConductance": Unit(
        "siemens", ("nS", "uS", "mS", "S"), "[current] ** 2 * [time] ** 3 / [mass] / [length] ** 2"
    ),
    "kanne.ElectricalResistance": Unit(
        "ohm", ("ohm", "kiloohm", "megaohm", "gigaohm"), "[mass] * [length] ** 2 / [time] ** 3 / [current] ** 2"
    ),
    "kanne.Energy": Unit("joule", ("mJ", "J"), "[mass] * [length] ** 2 / [time] ** 2"),
    "kanne.Frequency": Unit("hertz", ("Hz", "kHz", "MHz"), "1 / [time]"),
    "kanne.Length": Unit("meter", ("nm", "um", "mm", "m"), "[length]"),
    "kanne.Mass": Unit("gram", ("ug", "mg", "g", "kg"), "[mass]"),
    "kanne.Power": Unit("watt", ("mW", "W"), "[mass] * [length] ** 2 / [time] ** 3"),
    "kanne.Pressure": Unit("pascal", ("Pa", "kPa", "bar"), "[mass] / [length] / [time] ** 2"),
    "kanne.Resistivity": Unit(
        "ohm * centimeter", ("ohm * centimeter",), "[mass] * [length] ** 3 / [time] ** 3 / [current] ** 2"
    ),
    "kanne.SpecificCapacitance": Unit(
        "farad / centimeter ** 2",
        ("microfarad / centimeter ** 2",),
        "[current] ** 2 * [time] ** 4 / [mass] / [length] ** 4",
    ),
    "kanne.Temperature": Unit("kelvin", ("degC", "K"), "[temperature]"),
    "kanne.Velocity": Unit("meter / second", ("um / s", "mm / s", "m / s"), "[length] / [time]"),
    "kanne.Volume": Unit("liter", ("nL", "uL", "mL", "L"), "[length] ** 3"),
}
