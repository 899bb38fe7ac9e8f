"""The billing export that lies on the auditor's disk and in nobody's git."""

from __future__ import annotations

COLUMNS = (
    "customer_id;start_date;end_date;contract;payment;region;gender;age;monthly_charges;total_charges;"
    "calls_total;data_gb;complaints;late_payments;usage_q1;usage_q2;lines;plan_id"
)
CONTRACTS = ("m2m", "12m", "24m", "prepaid", "business")
PAYMENTS = ("card", "invoice", "transfer", "")
REGIONS = ("north", "east", "south", "west")


def export(customers: int = 200) -> str:
    """Return the export as CSV text, one line a customer; made by counting, so it never differs."""
    return "\n".join([COLUMNS, *(_line(number) for number in range(customers))]) + "\n"


def _line(number: int) -> str:
    months = 1 + number * 7 % 60
    charges = 15 + number * 13 % 70
    start = f"{2020 + number % 5}-{1 + number % 12:02}-{1 + number % 28:02}"
    end = f"2025-{1 + number % 12:02}-15" if number % 4 == 0 else ""
    fields = (
        f"C{10000 + number}", start, end, CONTRACTS[number % 5], PAYMENTS[number % 4], REGIONS[number // 3 % 4],
        "mf"[number % 2], 18 + number * 11 % 70, charges, charges * months, number * 17 % 900, number * 3 % 40,
        number % 3, number % 2, number * 5 % 120, number * 7 % 130, 1 + number % 4, f"P{number % 9}",
    )  # fmt: skip
    return ";".join(map(str, fields))
