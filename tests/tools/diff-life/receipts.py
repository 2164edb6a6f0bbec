# SPDX-License-Identifier: Apache-2.0
"""The job of rq.py: it always fails."""


class SmtpError(Exception):
    pass


def send_receipt(number):
    raise SmtpError(f"421 try again later (connection {number})")
