"""`python answers.py URL`: exit 0 where it answers, whatever it says to strangers. Health checks."""

import sys
import urllib.error
import urllib.request

try:
    urllib.request.urlopen(sys.argv[1], timeout=10).close()
except urllib.error.HTTPError as error:
    sys.exit(error.code >= 500)
except OSError as error:
    sys.exit(f"{sys.argv[1]} does not answer: {error}")
