"""A film that workflows render where nothing else of the tests runs."""

import bazaar_nb as bz


@bz.scene(duration=1)
def hello(frame: bz.Frame) -> list[bz.Fill | bz.Text]:
    """Show a word that falls."""
    return [bz.Fill("#1e1b4b"), bz.Text("Hello", size=60, color="white", y=f"{30 + 40 * frame.progress}%")]


film = bz.Composition([hello()], width=320, height=180, name="hello")
