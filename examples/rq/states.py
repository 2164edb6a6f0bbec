"""Makes the states that tests begin with: python3 states.py empty-state|high-load|failure-scenarios (README.md has the
whole command). Everything in them is made by RQ itself."""

import os
import sys

from shop import Shop


def empty_state(shop):
    """The shop has been at work, and has nothing to do: RQ remembers its queues."""
    shop.checkout("W-1", 100)
    shop.work_on_payments()


def high_load(shop):
    """The first minutes of a sale."""
    for i in range(1, 101):
        shop.signup(f"customer {i}", f"customer{i}@example.com")
        shop.checkout(f"S-{1000 + i}", 990 + i)


def failure_scenarios(shop):
    """An order went through, the gateway was away for one, a gift card was declined, one order waits."""
    shop.checkout("A-1", 4_900)
    shop.checkout("A-2", 60_000)
    shop.redeem("A-3", 12_000)
    shop.work_on_payments()
    shop.checkout("A-4", 4_900)


STATES = {"empty-state": empty_state, "high-load": high_load, "failure-scenarios": failure_scenarios}

if __name__ == "__main__":
    STATES[sys.argv[1]](Shop(os.environ["REDIS_URL"]))
