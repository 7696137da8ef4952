"""A peer with an HTTP library of its own before a running server with several workers."""

from concurrent.futures import ThreadPoolExecutor

import requests

SECONDS = 20


def token(server, made):
    found = requests.get(f"{server.url}/.well-known/shared-events", timeout=SECONDS).json()
    answer = requests.post(
        found["token_endpoint"],
        data={"grant_type": "client_credentials", "scope": "shared_events"},
        auth=(made["client_id"], made["client_secret"]),
        timeout=SECONDS,
    )
    return found["api"], {"Authorization": f"Bearer {answer.json()['access_token']}"}


def read_all(api, headers, limit):
    titles, parameters = {}, {"limit": limit}
    while True:
        page = requests.get(f"{api}changes", params=parameters, headers=headers, timeout=SECONDS).json()
        assert page["from"] == parameters.get("cursor", "")
        titles |= {item["uid"]: item["event"]["title"] for item in page["items"]}
        if not page["has_more"]:
            return titles
        parameters = {"limit": limit, "cursor": page["next"]}


def test_peers_discover_authenticate_and_read_at_the_same_time(installation):
    installation.manage("setting", "shared_events_enabled", "on")
    installation.manage("load_demo")
    made = [installation.create_client(f"LMS {number}", "--shared-events") for number in range(4)]
    tokens = [token(installation, client) for client in made]
    with ThreadPoolExecutor(4) as pool:
        copies = list(pool.map(lambda peer, limit: read_all(*peer, limit), tokens, (1, 2, 3, 500)))
    assert len(copies[0]) > 2
    assert all(copy == copies[0] for copy in copies)

    api, headers = tokens[0]
    installation.manage("set_client", made[0]["client_id"], "--inactive")
    assert requests.get(f"{api}changes", headers=headers, timeout=SECONDS).status_code == 401
    installation.manage("setting", "shared_events_enabled", "off")
    refused = requests.get(f"{api}changes", headers=tokens[1][1], timeout=SECONDS)
    assert (refused.status_code, refused.json()["type"]) == (403, "/shared-events/problems/disabled")
    assert requests.get(f"{installation.url}/.well-known/shared-events", timeout=SECONDS).status_code == 404
    installation.manage("setting", "shared_events_enabled", "on")
