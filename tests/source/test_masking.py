from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.source.masking import mask

SECRET = "Zx9" + "q" * 30


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("--index-url https://ada:s3cret@pypi.example.org/simple", "--index-url https://***@pypi.example.org/simple"),
        ("git+https://ghp_abc@github.com/a/b.git", "git+https://***@github.com/a/b.git"),
        ("postgresql://u:p/w@db:5432/x", "postgresql://***@db:5432/x"),
        ("https://u:p@ss@host/x", "https://***@host/x"),
        (
            "s3://b/k?X-Amz-Credential=AB/20&X-Amz-Signature=ff00&n=1",
            "s3://b/k?X-Amz-Credential=***&X-Amz-Signature=***&n=1",
        ),
        ("https://a.blob/x.csv?sv=2020&sig=Yz%3D", "https://a.blob/x.csv?sv=2020&sig=***"),
        ("https://h/x?access_token=abc#f", "https://h/x?access_token=***#f"),
        ('password = "x"', 'password = "***"'),
        ("'db_password': 'hunter2',", "'db_password': '***',"),
        ('os.environ["WANDB_API_KEY"] = "0123"', 'os.environ["WANDB_API_KEY"] = "***"'),
        ("export AWS_SECRET_ACCESS_KEY=abcdefgh", "export AWS_SECRET_ACCESS_KEY=***"),
        ("ENV A=1 HF_TOKEN=abcdefgh", "ENV A=1 HF_TOKEN=***"),
        ("  api_key: abcdefgh", "  api_key: ***"),
        ("curl -H 'Authorization: Bearer abcdefghij' x", "curl -H 'Authorization: Bearer ***' x"),
        ("login --password hunter2 --user ada", "login --password *** --user ada"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\n", "-----BEGIN RSA PRIVATE KEY-----***"),
        ("x = 'AKIAABCDEFGHIJKLMNOP'", "x = '***'"),
        (f"wandb login hf_{SECRET}", "wandb login ***"),
    ],
)
def test_a_credential_is_replaced_and_the_rest_stays(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "git+ssh://git@github.com/a/b.git@main",
        "https://example.org:8080/repo@v1",
        "https://${TOKEN}@github.com/a/b",
        "https://${USER}:${PASSWORD}@pypi.example.org/simple",
        "export HF_TOKEN=$1",
        "HF_TOKEN: ${{ secrets.HF_TOKEN }}",
        "token = tokenizer.decode(ids)",
        "f(x, token=mytokens, max_tokens=100)",
        "pandas==1.5.3  # keyboard",
        "the author wrote https://example.org/a?page=2",
        'pad_token_id = "0"',
    ],
)
def test_what_is_no_credential_stays_as_it_is(text):
    assert mask(text) == text


PLACES = [
    "https://user:{}@host/path",
    "https://{}@host/path",
    "https://host/x?token={}",
    "https://host/x?a=1&X-Amz-Signature={}",
    'password = "{}"',
    "export API_KEY={}",
    "--token {}",
    "Authorization: Bearer {}",
]


@given(st.sampled_from(PLACES), st.from_regex(r"[A-Za-z0-9]{12,40}", fullmatch=True), st.text(max_size=40))
def test_no_secret_survives_wherever_it_stands(place, secret, around):
    text = around.replace(secret, "") + "\n" + place.format(secret) + "\n" + around.replace(secret, "")
    assert secret not in mask(text)


@given(st.one_of(st.text(max_size=300), st.text("abc:/@?&=.'\"$ {}token", max_size=300)))
def test_masking_twice_changes_nothing(text):
    assert mask(mask(text)) == mask(text)


def test_long_lines_without_secrets_are_quick():
    # quadratic expressions would take minutes
    for part in ("a", "a.", "a://", "token", "token=", "x?key=", "://a:", "Bearer ", "-----BEGIN PRIVATE KEY-----"):
        mask(part * (60_000 // len(part)))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("# ask ada.lovelace+ml@mail.example.co.uk", "# ask ***"),
        ("author='Ada <ada@example.com>'", "author='Ada <***>'"),
        ("git@example.com:team/repo.git", "git@example.com:team/repo.git"),
        ("pkg @ git+https://example.com/x@v1.2", "pkg @ git+https://example.com/x@v1.2"),
        ("@property", "@property"),
        ("a @ b.T", "a @ b.T"),
        ("image@sha256:abc", "image@sha256:abc"),
    ],
)
def test_addresses_of_people_are_masked_and_nothing_that_looks_like_one(text, masked):
    assert mask(text) == masked


def test_a_password_inside_a_sentence_is_masked_and_an_argument_is_not():
    assert mask("they said password=correct-horse works") == "they said password=*** works"
    assert mask("connect(user, password=secret_value)") == "connect(user, password=secret_value)"
