"""What tells a log's continuation_token from a login token: in a query both are called `token`."""

TOKEN_PREFIX = "offset-"
