import zoneinfo
from threading import Thread

from django import forms
from django.contrib.auth import forms as auth
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging import text
from messaging.models import Message, User


class Textarea(forms.Textarea):
    """Drawn here: every page has one, and Django's template for it takes ten times as long."""

    def render(self, name, value, attrs=None, renderer=None):
        attrs = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html(
            "<textarea{}>\n{}</textarea>", flatatt(attrs), self.format_value(value) or ""
        )


class MessageField(forms.CharField):
    """The text of a message, cleaned; its errors say what to do."""

    widget = Textarea(attrs={"rows": 2, "dir": "auto"})

    def __init__(self, **kwargs):
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value):
        return text.clean(value or "")


class KeyField(forms.IntegerField):
    """A number as the database counts: the key or the version of something."""

    def __init__(self, min_value=1, **kwargs):
        super().__init__(min_value=min_value, max_value=models.BigIntegerField.MAX_BIGINT, **kwargs)


class KeysField(forms.Field):
    """A field that is there several times, with a key each time."""

    widget = forms.MultipleHiddenInput

    def to_python(self, values):
        return [KeyField().clean(value) for value in values or []]


class MessageForm(forms.Form):
    """Writes to somebody. The key makes one message of a form that is sent five times."""

    content = MessageField(label=gettext_lazy("Message"))
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def sent(self, **people):
        """The message that this form has made already, as a queryset; None where it makes none."""
        if self.is_valid() and self.cleaned_data["key"]:
            content, key = self.cleaned_data["content"], self.cleaned_data["key"]
            return Message.objects.sent(key, content=content, **people)
        return None

    def send(self, **fields):
        """Send, and return the message. None, with the error on the form, where that fails."""
        content, key = self.cleaned_data["content"], self.cleaned_data["key"]
        try:
            return Message.objects.send(key, content=content, **fields)
        except ValidationError as error:
            self.add_error("content", error)
            return None


class ComposeForm(MessageForm):
    receiver = forms.CharField(
        label=gettext_lazy("To"),
        max_length=150,
        help_text=gettext_lazy("The person's user name, not the name that they show."),
        widget=forms.TextInput(
            attrs={
                "autocapitalize": "none",
                "autocomplete": "off",
                "spellcheck": "false",
                "list": "people",
            }
        ),
    )
    field_order = ["receiver", "content", "key"]

    def __init__(self, *args, sender, **kwargs):
        super().__init__(*args, **kwargs)
        self.sender = sender

    def clean_receiver(self):
        name = self.cleaned_data["receiver"].removeprefix("@")
        receiver = User.objects.named(name).filter(is_active=True).first()
        if receiver is None:
            raise ValidationError(
                _("There is nobody with the user name “%(name)s”. Check how it is spelled."),
                params={"name": name},
            )
        if receiver == self.sender:
            raise ValidationError(_("You cannot write to yourself. Choose somebody else."))
        return receiver


class EditForm(forms.Form):
    content = MessageField(label=gettext_lazy("Message"))
    version = KeyField(widget=forms.HiddenInput)


class DraftForm(forms.Form):
    """What was typed and not sent, as it stands: it need not be a message yet."""

    content = forms.CharField(strip=False, required=False, max_length=10 * text.MAX_LENGTH)

    def clean_content(self):
        return self.cleaned_data["content"].replace("\r\n", "\n")


class StateForm(forms.Form):
    """What a page knows of its conversation: see `changes`."""

    since = KeyField(min_value=0, required=False)
    newest = KeyField(min_value=0, required=False)


class ReadingForm(forms.Form):
    """Which messages were read: some of them, or all of a conversation up to the newest known."""

    message = KeysField(required=False)
    conversation = forms.CharField(required=False)
    newest = KeyField(min_value=0, required=False)

    def __init__(self, *args, reader, **kwargs):
        super().__init__(*args, **kwargs)
        self.reader = reader

    def messages(self):
        received = Message.objects.received_by(self.reader)
        if username := self.cleaned_data["conversation"]:
            places = self.reader.participations.with_peer(username)
            newest = self.cleaned_data["newest"]
            received = received.filter(conversation__in=places.values("conversation"))
            return received if newest is None else received.filter(pk__lte=newest)
        return received.filter(pk__in=self.cleaned_data["message"])


class PageForm(forms.Form):
    """Where a page of a list starts: before, or after, the record of this key."""

    before = KeyField(required=False)
    after = KeyField(required=False)
    open = KeyField(required=False)


TIME_ZONES = sorted(zoneinfo.available_timezones())


class DisplayNameMixin:
    """A display name that nobody can see is none, so that the user name shows."""

    def clean_display_name(self):
        name = self.cleaned_data["display_name"]
        return name if any(map(text.is_visible, name)) else ""


class ProfileForm(DisplayNameMixin, forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in TIME_ZONES],
        help_text=gettext_lazy("Times are shown to you in this zone."),
    )

    class Meta:
        model = User
        fields = ["display_name", "email", "time_zone"]
        labels = {"email": gettext_lazy("E-mail")}
        help_texts = {
            "display_name": gettext_lazy("How others see you. Empty: your user name."),
            "email": gettext_lazy("Only used to reset your password. Nobody else sees it."),
        }


class SignUpForm(DisplayNameMixin, auth.UserCreationForm):
    class Meta(auth.UserCreationForm.Meta):
        model = User
        fields = ["username", "display_name", "email"]
        labels = {"username": gettext_lazy("Username"), "email": gettext_lazy("E-mail")}
        help_texts = {
            "username": gettext_lazy("Letters, digits and @ . + - _ only. Others find you by it."),
            "display_name": gettext_lazy("How others see you. You can change it later."),
            "email": gettext_lazy("Only used to reset your password. You can leave it empty."),
        }

    def clean_username(self):
        # Django's own knows only how ASCII is capitalised, so it is not asked.
        username = self.cleaned_data["username"]
        if not username[0].isalnum():  # ".." would be an address, "@bob" means bob
            raise ValidationError(_("Begin with a letter or a digit."))
        if User.objects.named(username).exists():
            raise self.taken()
        return username

    def save(self, commit=True):
        """The new person, or None, with the error on the form, where the name went meanwhile."""
        try:
            with transaction.atomic():
                return super().save(commit)
        except IntegrityError:
            self.add_error("username", self.taken())
            return None

    def taken(self):
        return ValidationError(_("This user name is taken. Choose another."), code="unique")


class PasswordResetForm(auth.PasswordResetForm):
    def send_mail(self, *args, **kwargs):
        # Beside the answer, whose time would tell otherwise that there is an account.
        Thread(target=super().send_mail, args=args, kwargs=kwargs).start()


class PasswordForm(forms.Form):
    """Asks whoever is signed in for their password once more."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password. Nothing was deleted."))
        return password
