"""Credentials and people's addresses in text of a scanned repository, replaced the moment a fact is made of it.

Nothing downstream can then leak one. What is masked: user and password in URLs, signed and secret-looking parameters,
well-known shapes of tokens, values of secret-looking keys and options, private keys. A reference to a variable
(`${TOKEN}`) is no credential and stays readable.
"""

from __future__ import annotations

import re

MASK = "***"

_SENSITIVE = (
    r"pass(?:word|wd|phrase)?|pwd|secret|private[_-]?key|api[_-]?key|apikey|access[_-]?key(?:[_-]?id)?|account[_-]?key"
    r"|secret[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key|credentials?|connection[_-]?string"
)
_BEARER = (
    r"(?:auth|access|api|bearer|refresh|session|security|secret|id|hf|hub|github|gitlab|gh|wandb|bot|sas)[_-]?token"
)
_KEY = rf"(?:[\w.-]{{0,40}}[_.-])?(?:{_SENSITIVE}|{_BEARER}|token)"

# Every quantifier is bounded or walks a class that its end excludes: no text makes these slow.
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----).*?(-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", re.DOTALL
)
_USER_INFO = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]{0,30}://)"
    r"(?P<user>[^\s/?#'\"<>`]{1,2000}|[^\s/?#:'\"<>`]{1,200}:(?!\d{1,5}[/?#])[^\s?#'\"<>`]{1,2000})@",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    r"(?P<key>[?&;](?:amp;)?(?:X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|GoogleAccessId|sig"
    rf"|signature|key|auth|code|{_SENSITIVE}|(?:\w{{1,20}}_)?token)=)(?P<value>[^&\s'\"#<>`]+)",
    re.IGNORECASE,
)
# channels of conda carry their token in the path: `https://host/t/<token>/channel`
_IN_PATH = re.compile(r"(?P<key>://[^\s/'\"]{1,250}/t/)(?P<value>[^\s/'\"]{6,200})")
_SHAPES = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,255}|hf_[A-Za-z0-9]{20,255}"
    r"|sk-(?:[a-z]{2,10}-)?[\w-]{20,255}|(?:AKIA|ASIA)[A-Z0-9]{16}|xox[abeprs]-[\w-]{10,255}|AIza[\w-]{35}"
    r"|pypi-[\w-]{40,255}|dapi[0-9a-f]{32}|npm_[A-Za-z0-9]{36}|ya29\.[\w-]{20,2000}"
    r"|eyJ[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.[\w-]{5,4000})"
)
_AUTHORIZATION = re.compile(r"\b(?P<key>(?:Bearer|Basic) +)(?P<value>[\w+/.~=-]{8,4000})")
_QUOTED = re.compile(
    rf"(?<![\w.-])(?P<key>['\"]?{_KEY}['\"]?\]?\s{{0,20}}(?:[:=]|=>)\s{{0,20}}[rbfu]?(?P<quote>['\"]))(?P<value>[^'\"\n]{{1,4000}})(?P=quote)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?P<start>^[ \t]{{0,80}}(?:export[ \t]+|-[ \t]+)?|[\s;])(?P<name>{_KEY})(?P<key>=|:[ \t]{{1,20}})"
    r"(?P<value>[^\s'\"#;,()\[\]{}]{6,4000})(?=\s|;|,|$)",
    re.IGNORECASE | re.MULTILINE,
)
_OPTION = re.compile(rf"(?P<key>--{_KEY}(?:=|\s{{1,5}})['\"]?)(?P<value>[^\s'\"-][^\s'\"]{{0,4000}})", re.IGNORECASE)

# `$TOKEN`, `${TOKEN:-x}`, `%TOKEN%`, `{token}`, `{{ token }}`, `<token>`: where a secret will come from, not a secret.
_REFERENCE = r"(?:\$\{\{[^}]*\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$\w+|%\w+%|\{\{?[^{}]*\}?\}|<[^<>]*>|\*{3})"
_ONLY_REFERENCES = re.compile(rf"(?:{_REFERENCE}|:)+")
_CODE_VALUE = re.compile(
    r"(?:[A-Za-z_][\w.]*[(\[.]|(?:None|null|true|false|str|int|bytes|bool|self|os|config|args)\b)", re.IGNORECASE
)
# `git@host:path` is an address of a repository and `@v1` a version; neither is a person's.
_EMAIL = re.compile(r"(?<![\w.+/@-])(?!git@)[\w.+-]{1,64}@(?=[\w-]{1,63}\.)[\w.-]{1,250}[a-z]\b(?!:)", re.IGNORECASE)
_PUBLIC_USERS = frozenset({"git", "hg", "svn", "anonymous", "anonymous:anonymous"})


def mask(text: str) -> str:
    """The text with every credential and e-mail address in it replaced by `***`; masking twice changes nothing."""
    if not text:
        return text
    text = _PRIVATE_KEY.sub(rf"\1{MASK}\2", text)
    text = _USER_INFO.sub(_without_user, text)
    text = _PARAMETER.sub(_without_value, text)
    text = _IN_PATH.sub(_without_value, text) if "/t/" in text else text
    text = _SHAPES.sub(MASK, text)
    text = _AUTHORIZATION.sub(_without_value, text)
    text = _QUOTED.sub(lambda match: f"{_without_value(match)}{match['quote']}", text)
    text = _OPTION.sub(_without_value, text)
    text = _EMAIL.sub(MASK, text) if "@" in text else text
    return _BARE.sub(_without_literal, text)


def _without_user(match: re.Match[str]) -> str:
    if match["user"] in _PUBLIC_USERS or _ONLY_REFERENCES.fullmatch(match["user"]):
        return match[0]
    return f"{match['scheme']}{MASK}@"


def _without_value(match: re.Match[str]) -> str:
    kept = match["value"] if _ONLY_REFERENCES.fullmatch(match["value"]) else MASK
    return f"{match['key']}{kept}"


def _without_literal(match: re.Match[str]) -> str:
    """An unquoted value as shells, `.env` and YAML files write it; an argument of a program (`f(x, token=y)`) is none."""
    is_argument = match["start"] == " " and match["value"].isidentifier() and not match["name"].isupper()
    if is_argument or _CODE_VALUE.match(match["value"]):
        return match[0]
    return f"{match['start']}{match['name']}{_without_value(match)}"
