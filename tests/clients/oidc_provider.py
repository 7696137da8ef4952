"""An OpenID provider on the loopback interface: discovery, code flow with PKCE, keys and userinfo.

It keeps to the specification until a test changes ``claims``, ``header`` or ``metadata``, or sets ``key``.
"""

import base64
import hashlib
import json
import secrets
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import ECKey

CLIENT_ID, CLIENT_SECRET = "gateway", "gateway-secret"
ALGORITHMS = ["ES256", "HS256"]


class Provider:
    def __init__(self, port):
        self.issuer = f"http://127.0.0.1:{port}"
        self.published = self.key = ECKey.generate_key("P-256", {"kid": "one"})
        self.claims, self.header, self.userinfo, self.metadata = {}, {"alg": "ES256", "kid": "one"}, None, {}
        self.person = {"sub": "anna-at-home", "email": "anna@example.org", "email_verified": True}
        self.asked, self.codes, self.answer, self.called = {}, {}, {}, []
        self.page = False

    def document(self):
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        ends = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in names.items()}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"} | ends | self.metadata

    def authorize(self, asked):
        """Where the browser goes back to."""
        self.asked = asked
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"]} | self.answer
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def token(self, form, authorization):
        """RFC 6749, section 4.1.3, and RFC 7636."""
        asked = self.codes.pop(form["code"], None)
        known = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = _base64(digest)
        if not asked or authorization != f"Basic {known}" or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(asked)}

    def id_token(self, asked):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        if "max_age" in asked:
            claims["auth_time"] = now
        claims |= self.person | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.header["alg"] == "none":
            return f"{_segment(self.header)}.{_segment(claims)}."
        return jwt.encode(self.header, claims, self.key, registry=jws.JWSRegistry(algorithms=ALGORITHMS))


def _segment(content):
    return _base64(json.dumps(content).encode())


def _base64(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@contextmanager
def serve():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.provider = Provider(server.server_port)
    thread = Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        provider, parts = self.server.provider, urlsplit(self.path)
        provider.called.append(parts.path)
        if parts.path == "/authorize":
            self._authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
        elif parts.path == "/keys":
            self._json(200, {"keys": [provider.published.as_dict(private=False)]})
        elif parts.path == "/userinfo":
            self._json(200, provider.userinfo or provider.person)
        elif parts.path == "/.well-known/openid-configuration":
            self._json(200, provider.document())
        else:
            self._json(404, {})

    def do_POST(self):
        self.server.provider.called.append(self.path)
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        form = {name: values[0] for name, values in form.items()}
        self._json(*self.server.provider.token(form, self.headers.get("Authorization", "")))

    def _authorize(self, asked):
        back = self.server.provider.authorize(asked)
        if not self.server.provider.page:
            return self._send(302, b"", {"Location": back})
        link = f'<a href="{back.replace("&", "&amp;")}">Go on as Anna</a>'
        page = f'<!doctype html><html lang="en"><title>Login</title>{link}'
        policy = {"Content-Type": "text/html", "Content-Security-Policy": "default-src 'none'"}
        return self._send(200, page.encode(), policy)

    def _json(self, status, content):
        self._send(status, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _send(self, status, body, headers):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass
