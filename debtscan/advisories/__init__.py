"""Advisories of known vulnerabilities: records read and indexed, and packages audited against them or online."""
