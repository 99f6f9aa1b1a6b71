"""Account settings: the user's own key, or the team's proxy, which keeps the key to itself."""

from __future__ import annotations

from pydantic import SecretStr
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from imagineart_desktop.fal import FalError, ForbiddenError, InvalidKeyError, OfflineError, ServiceKind, parse_proxy_url
from imagineart_desktop.fal.key_store import KeySource
from imagineart_desktop.jobs import ServiceConnection
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.widgets import CheckBox, InlineMessage, SectionLabel, Segmented, button, plain_label
from imagineart_desktop.workspace.preferences import Preferences

_SOURCES = {
    KeySource.NONE: "No key: the built-in demo makes sample images; nothing is charged.",
    KeySource.ENVIRONMENT: "Live, with the key from FAL_KEY.",
    KeySource.KEYCHAIN: "Live, with the key from the system’s keychain.",
    KeySource.SESSION: "Live, with a key for this session only.",
    KeySource.PROXY: "Live, through your team’s proxy, which keeps the key.",
}
_OWN, _TEAM = "own", "team"
_MESSAGE_PADDING = 20
"""Vertical space of a message besides its lines, in pixels."""

_NO_KEYCHAIN = "but this system has no keychain, so it is used for this session only."


class AccountPanel(QWidget):
    """Settings for the key and the proxy. Anything entered is tested first, which is free."""

    def __init__(self, account: ServiceConnection, preferences: Preferences) -> None:
        super().__init__()
        self._account = account
        self._preferences = preferences
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(SectionLabel("Account"))
        self._state = plain_label("", "muted", wrap=True)
        column.addWidget(self._state)
        self.way = Segmented({_OWN: "Your key", _TEAM: "Team proxy"})
        self.way.setAccessibleName("Authentication")
        self.way.set_value(_TEAM if account.proxy else _OWN)
        column.addWidget(self.way)
        self._ways = (self._own_key(), self._team_proxy())
        for way in self._ways:
            column.addWidget(way)
        self.remember = CheckBox("Save in system keychain")
        self.remember.setChecked(True)
        column.addWidget(self.remember)
        self._hint = plain_label("", "faint", wrap=True)
        self.message = InlineMessage()
        column.addWidget(_stacked_hint(self._hint, self.message))
        self.way.changed.connect(self._switch)
        for field in (self.key, self.address, self.token):
            field.textChanged.connect(self.message.review)
        self._show_way()
        self._show_account()
        account.subscribe(self._show_account)

    def _own_key(self) -> QWidget:
        self.key = _secret_field("fal.ai key, as id:secret", "fal.ai key")
        self.key.returnPressed.connect(self._start_using_key)
        self._use_key = button("Test and use", self._start_using_key, kind="primary")
        self._remove_key = button("Remove key", lambda: spawn(self._leave()))
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(_row(self.key, self._use_key, self._remove_key))
        return whole

    def _team_proxy(self) -> QWidget:
        self.address = QLineEdit(self._account.proxy or "")
        self.address.setPlaceholderText("https://studio.example/api/fal/proxy")
        self.address.setAccessibleName("Address of the proxy")
        self.token = _secret_field("Token, if the proxy requires one", "Token of the proxy")
        for field in (self.address, self.token):
            field.returnPressed.connect(self._start_using_proxy)
        self._use_proxy = button("Test and use", self._start_using_proxy, kind="primary")
        self._leave_proxy = button("Leave proxy", lambda: spawn(self._leave()))
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.address)
        column.addLayout(_row(self.token, self._use_proxy, self._leave_proxy))
        return whole

    def _start_using_key(self) -> None:
        spawn(self.use_key())

    async def use_key(self) -> None:
        """Test the key and go live with it."""
        key = SecretStr(self.key.text().strip())
        if not key.get_secret_value():
            self._refuse("Enter a key first.", "caution")
            return
        self._use_key.setEnabled(False)
        self.message.say("Testing the key…", "info")
        try:
            kept = await self._account.use_key(key, remember=self.remember.isChecked())
        except FalError as error:
            self._refuse(_key_words(error), way=_OWN)
            return
        finally:
            self._use_key.setEnabled(True)
        self.key.clear()
        self._preferences.proxy = None
        self._works("The key works", kept=kept)

    def _start_using_proxy(self) -> None:
        spawn(self.use_proxy())

    async def use_proxy(self) -> None:
        """Test the proxy and go live through it."""
        try:
            address = parse_proxy_url(self.address.text())
        except ValueError as error:
            self._refuse(str(error), "caution")
            return
        token = SecretStr(self.token.text().strip()) if self.token.text().strip() else None
        self._use_proxy.setEnabled(False)
        self.message.say("Testing the proxy…", "info")
        try:
            kept = await self._account.use_proxy(address, token, remember=self.remember.isChecked())
        except FalError as error:
            self._refuse(_proxy_words(error), way=_TEAM)
            return
        finally:
            self._use_proxy.setEnabled(True)
        self.token.clear()
        self._preferences.proxy = address
        self._works("The proxy works", kept=kept)

    def _refuse(self, sentence: str, tone: str = "error", way: str = "") -> None:
        """Show what's wrong with the input until it changes. way: key or proxy, whichever the message is about."""
        if way and way != self.way.value():
            return
        entered = self._entered()
        self.message.say(sentence, tone, holds=lambda: self._entered() == entered)

    def _entered(self) -> tuple[str, ...]:
        return tuple(field.text() for field in (self.key, self.address, self.token))

    def _switch(self) -> None:
        self.message.clear()
        self._show_way()

    def _works(self, words: str, *, kept: bool) -> None:
        if kept:
            self.message.say(f"{words}. The program is Live.", "info")
        else:
            self.message.say(f"{words}, {_NO_KEYCHAIN}", "caution")

    async def _leave(self) -> None:
        await self._account.leave()
        self._preferences.proxy = None
        self.message.clear()

    def _show_way(self) -> None:
        team = self.way.value() == _TEAM
        for way, shown in zip(self._ways, (not team, team), strict=True):
            way.setVisible(shown)
        self._hint.setText(
            "The proxy holds the key and bills the team; ask its administrator for the address. Testing costs nothing."
            if team
            else "Create a key at fal.ai › Dashboard › Keys. Testing it costs nothing."
        )

    def _show_account(self) -> None:
        self._state.setText(self._account.key_finding or _SOURCES[self._account.key_source])
        live, proxy = self._account.kind is ServiceKind.LIVE, self._account.key_source is KeySource.PROXY
        self._remove_key.setVisible(live and not proxy)
        self._leave_proxy.setVisible(proxy)


def _stacked_hint(hint: QLabel, message: InlineMessage) -> QWidget:
    """Return a hint that a message can replace.

    It has the height of two lines in a frame, so that nothing below moves.
    """
    place = QWidget()
    place.setMinimumHeight(2 * hint.fontMetrics().lineSpacing() + _MESSAGE_PADDING)
    column = QVBoxLayout(place)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(hint)
    column.addWidget(message)
    column.addStretch(1)
    message.shown.connect(hint.setHidden)
    return place


def _secret_field(placeholder: str, name: str) -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setPlaceholderText(placeholder)
    field.setAccessibleName(name)
    return field


def _row(field: QLineEdit, *buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(field, 1)
    for made in buttons:
        row.addWidget(made)
    return row


def _key_words(error: FalError) -> str:
    """Return the text for a key's error. The usual advice, to check the key here, would lead nowhere."""
    if isinstance(error, InvalidKeyError):
        return f"{error.message} Copy all of it from fal.ai, or create a new one."
    return f"{error.message} {error.advice}"


def _proxy_words(error: FalError) -> str:
    """Return the text for a proxy's error."""
    if isinstance(error, OfflineError):
        return "The proxy cannot be reached. Check its address."
    if isinstance(error, InvalidKeyError | ForbiddenError):
        return "The proxy refused access. Check the token, or ask the proxy’s administrator."
    return f"This doesn’t look like a fal.ai proxy. {error.message} Check the address."
