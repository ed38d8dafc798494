"""The proxy in front of Hub, service and people's servers.

Routing table and control API are those of the package `configurable-http-proxy`; forwarding is
ours: streams both ways, keeps binary frames and subprotocols of WebSockets, and tells the
targets the visitor's real address.
"""
