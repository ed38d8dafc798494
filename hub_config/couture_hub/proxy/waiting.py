"""The page that visitors see while what they want is starting: it comes back by itself."""

from couture_hub.pages import page, policy

POLICY = policy(forms=False)
PAGE = page(
    "Couture Workflow is starting",
    """<h1>Just a moment</h1>
<p class="lead" role="status">This part of Couture Workflow is starting. The page opens by
itself.</p>
<div class="bar" aria-hidden="true"><i></i></div>""",
    head='<meta http-equiv="refresh" content="1">',
)
