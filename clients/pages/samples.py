"""Requests to try a client with: the secret comes from the environment, so a sample holds none."""

from dataclasses import dataclass

_CURL = """\
# CLIENT_SECRET holds the client secret
TOKEN=$(curl --silent --show-error --fail '{token_endpoint}' \\
  --user '{client_id}:'"$CLIENT_SECRET" \\
  --data grant_type=client_credentials | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')
curl --silent --show-error --fail '{address}' \\
  --header "Authorization: Bearer $TOKEN"{curl_header}
"""
_PYTHON = """\
# pip install requests; CLIENT_SECRET holds the client secret
import os
import requests

answer = requests.post(
    "{token_endpoint}",
    auth=("{client_id}", os.environ["CLIENT_SECRET"]),
    data={{"grant_type": "client_credentials"}},
    timeout=30,
)
answer.raise_for_status()
headers = {{"Authorization": "Bearer " + answer.json()["access_token"]{python_header}}}
answer = requests.get("{address}", headers=headers, timeout=30)
answer.raise_for_status()
print(answer.json())
"""
_POWERSHELL = """\
# $env:CLIENT_SECRET holds the client secret
$body = @{{
  grant_type    = 'client_credentials'
  client_id     = '{client_id}'
  client_secret = $env:CLIENT_SECRET
}}
$token = (Invoke-RestMethod -Method Post -Uri '{token_endpoint}' -Body $body).access_token
$headers = @{{ 'Authorization' = "Bearer $token"{powershell_header} }}
Invoke-RestMethod -Uri '{address}' -Headers $headers
"""
_VERSION = ("X-Experience-API-Version", "1.0.3")


@dataclass(frozen=True, slots=True)
class Sample:
    slug: str
    name: str
    text: str


def samples(client_id: str, token_endpoint: str, address: str, *, xapi: bool) -> list[Sample]:
    """A token request, then one harmless GET of ``address`` with it. xAPI asks for its version header."""
    name, value = _VERSION
    values = {
        "client_id": client_id,
        "token_endpoint": token_endpoint,
        "address": address,
        "curl_header": f" \\\n  --header '{name}: {value}'" if xapi else "",
        "python_header": f', "{name}": "{value}"' if xapi else "",
        "powershell_header": f"; '{name}' = '{value}'" if xapi else "",
    }
    texts = {"curl": ("cURL", _CURL), "python": ("Python", _PYTHON), "powershell": ("PowerShell", _POWERSHELL)}
    return [Sample(slug, title, text.format(**values)) for slug, (title, text) in texts.items()]
