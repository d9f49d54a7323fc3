from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, views
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, UpdateView

from messaging.accounts import forgive, may_join
from messaging.forms import PasswordForm, PasswordResetForm, ProfileForm, SignUpForm
from messaging.models import User
from messaging.views.mixins import PageMixin, RefusingFormMixin, SeeOther

# Tells the browser to forget what it stored of this site; it keeps cookies.
FORGET = '"cache", "storage"'


class SignUpView(RefusingFormMixin, FormView):
    template_name = "registration/signup.html"
    form_class = SignUpForm

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return redirect("inbox")
        self.invitation = request.POST.get("invitation") or request.GET.get("invitation", "")
        if not may_join(self.invitation):
            return render(request, "registration/signup_closed.html", status=403)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        user = form.save()
        if user is None:
            return self.form_invalid(form)
        login(self.request, user, backend="messaging.backends.PersonBackend")
        return SeeOther(reverse("inbox"))


class LoginView(RefusingFormMixin, views.LoginView):
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, signup_open=may_join(""))


def locked_out(request, original_response=None, credentials=None):
    """Too many failed sign-ins: the same answer whether or not the account exists."""
    response = render(request, "registration/locked_out.html", status=429)
    response.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return response


class LogoutView(views.LogoutView):
    def post(self, request, *args, **kwargs):
        response = SeeOther(super().post(request, *args, **kwargs).url)
        response.headers["Clear-Site-Data"] = FORGET
        return response


class PasswordChangeView(PageMixin, RefusingFormMixin, views.PasswordChangeView):
    success_url = reverse_lazy("profile")

    def form_valid(self, form):
        messages.success(self.request, _("Your password is changed; other sessions are ended."))
        return super().form_valid(form)


class PasswordResetView(RefusingFormMixin, views.PasswordResetView):
    """Answers the same whether or not an account has this address."""

    form_class = PasswordResetForm


class PasswordResetConfirmView(RefusingFormMixin, views.PasswordResetConfirmView):
    success_url = reverse_lazy("login")

    def form_valid(self, form):
        forgive(self.user)
        messages.success(self.request, _("Your password is changed. Sign in with it."))
        return super().form_valid(form)


class ProfileView(PageMixin, RefusingFormMixin, UpdateView):
    template_name = "messaging/profile.html"
    form_class = ProfileForm
    success_url = reverse_lazy("profile")

    def get_object(self):
        # Not request.user itself: the page around a refused form still says the stored name.
        return User.objects.get(pk=self.request.user.pk)

    def form_valid(self, form):
        form.save()
        messages.success(self.request, _("Your profile is saved."))
        return SeeOther(self.success_url)


class DeleteUserView(PageMixin, RefusingFormMixin, FormView):
    """Says what will go, asks for the password, and then deletes the account and all that."""

    template_name = "messaging/delete_user.html"
    form_class = PasswordForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, holdings=self.request.user.holdings())

    def form_valid(self, form):
        self.request.user.delete()
        logout(self.request)
        messages.success(self.request, _("Your account and everything in it are deleted."))
        response = SeeOther(reverse("login"))
        response.headers["Clear-Site-Data"] = FORGET
        return response
