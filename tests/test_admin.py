"""The admin sees who wrote to whom and when, and counts; never what was said."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.formats import date_format

from messaging.models import (
    Conversation,
    Message,
    MessageHistory,
    Notification,
    Participant,
    User,
)
from tests.conftest import PASSWORD
from tests.html import soup, text

SECRET = "Zanzibar"  # stands in every text of a message and nowhere else
SHOWN = [Conversation, Message, MessageHistory, Notification, User]


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss", password=PASSWORD)


@pytest.fixture
def world(alice, bob, write):
    """alice asked, edited and drafts more; bob answered."""
    first = write(alice, bob, f"Where is {SECRET}?")
    first.edit(f"Where, please, is {SECRET}?", version=first.version)
    write(bob, alice, f"{SECRET} is an island", to=first)
    Participant.objects.update(draft=f"Is {SECRET} far?")
    return first


def addresses():
    """Every address of the admin of this application, for one object of each kind."""
    for model, site in admin.site._registry.items():
        if model._meta.app_label == "messaging":
            for pattern in filter(None, (url.name for url in site.get_urls())):
                takes_object = not pattern.endswith(("_changelist", "_add"))
                args = [model.objects.order_by("pk").first().pk] if takes_object else []
                yield reverse(f"admin:{pattern}", args=args)
    yield reverse("admin:index")
    yield reverse("admin:app_list", args=["messaging"])


def listed(client, model):
    """The rows of the list of a model, as a reader sees them."""
    page = soup(client.get(reverse(f"admin:messaging_{model._meta.model_name}_changelist")))
    return [
        [text(cell) for cell in row.select("th:not(.action-checkbox), td:not(.action-checkbox)")]
        for row in page.select("#result_list tbody tr")
    ]


# What is shown


def test_every_kind_that_is_about_messages_has_its_list(world, boss, browse):
    ours = [model for model in admin.site._registry if model._meta.app_label == "messaging"]

    assert sorted(ours, key=str) == sorted(SHOWN, key=str)
    for model in SHOWN:
        assert len(listed(browse(boss), model)) == model.objects.count() > 0


def test_lists_say_who_and_when_and_how_many(world, boss, browse):
    client = browse(boss)

    (conversation,) = listed(client, Conversation)
    assert conversation[1:] == ["alice, bob", "2"]

    reply, first = listed(client, Message)
    assert first[1:3] == ["alice", "bob"]
    assert reply[1:3] == ["bob", "alice"]
    assert first[3].startswith(date_format(world.timestamp, "N j, Y"))

    (edit,) = listed(client, MessageHistory)
    assert edit[1:3] == [str(world), "alice"]

    to_alice, to_bob = listed(client, Notification)
    assert to_alice[1] == "alice"
    assert to_bob[1:3] == ["bob", str(world)]

    assert ["alice", "Alice Moreau"] in [row[:2] for row in listed(client, User)]


@pytest.mark.parametrize("query", ["", "?all="])
def test_what_was_said_stands_on_no_page(world, boss, alice, browse, visit, query):
    assert SECRET in str(visit(alice, "conversation", "bob"))

    client, opened = browse(boss), 0
    for address in addresses():
        response = client.get(address + query, follow=True)
        assert response.status_code in {200, 403}
        assert SECRET not in response.content.decode()
        opened += response.status_code == 200
    assert opened > 15


def test_what_was_said_stands_on_no_page_that_links_lead_to(world, boss, browse):
    client, seen, ahead = browse(boss), set(), {reverse("admin:index")}
    while ahead:
        address = ahead.pop()
        seen.add(address)
        page = soup(client.get(address, follow=True))
        assert SECRET not in str(page)
        # Without queries: filters and orders combine without end.
        links = {urlsplit(urljoin(address, link["href"])).path for link in page.select("a[href]")}
        ahead |= {path for path in links if path.startswith("/admin/")} - seen

    assert reverse("admin:messaging_message_change", args=[world.pk]) in seen


def test_lists_cost_the_same_for_any_number(
    boss, browse, write, crowd, django_assert_max_num_queries
):
    client, people = browse(boss), crowd(40)
    for one, other in zip(people[::2], people[1::2], strict=True):
        message = write(one, other)
        message.edit("Edited", version=message.version)

    for model in SHOWN:
        with django_assert_max_num_queries(8):
            assert len(listed(client, model)) >= 20


# What can be changed


@pytest.mark.parametrize("model", [Conversation, Message, MessageHistory, Notification])
def test_messages_and_what_belongs_to_them_can_only_be_looked_at(world, boss, browse, model):
    client, name = browse(boss), f"admin:messaging_{model._meta.model_name}"
    key = model.objects.order_by("pk").first().pk
    before = list(model.objects.order_by("pk").values())

    assert client.get(reverse(f"{name}_change", args=[key])).status_code == 200
    assert client.post(reverse(f"{name}_change", args=[key]), {"read": "on"}).status_code == 403
    assert client.post(reverse(f"{name}_add"), {}).status_code == 403
    assert client.post(reverse(f"{name}_delete", args=[key]), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": key, "post": "yes"}
    client.post(reverse(f"{name}_changelist"), action)

    assert list(model.objects.order_by("pk").values()) == before


def test_staff_without_permission_and_others_see_nothing(world, alice, browse):
    clerk = User.objects.create_user("clerk", password=PASSWORD, is_staff=True)

    for address in addresses():
        if address != reverse("admin:index"):
            assert browse(clerk).get(address).status_code in {302, 403, 404}
        assert browse(alice).get(address).status_code == 302
        assert browse().get(address).status_code == 302


@pytest.mark.parametrize("name", ["BOSS", "ÜNAL"])
def test_a_name_that_is_taken_is_refused_in_words(boss, browse, name):
    User.objects.create_user("ünal")
    client = browse(boss)
    form = {"username": name, "usable_password": "false"}
    form |= {"password1": PASSWORD, "password2": PASSWORD}

    response = client.post(reverse("admin:messaging_user_add"), form)

    assert text(soup(response).select_one(".field-username .errorlist"))
    assert User.objects.count() == 2


def test_a_person_is_added_and_renamed(boss, browse):
    client = browse(boss)
    form = {"username": "dave", "usable_password": "false"}
    client.post(reverse("admin:messaging_user_add"), form)
    dave = User.objects.get(username="dave")

    address = reverse("admin:messaging_user_change", args=[dave.pk])
    page = soup(client.get(address))
    form = {
        field["name"]: field.get("value", "") for field in page.select("#user_form input[name]")
    }
    form |= {"username": "David", "display_name": "David Ito", "time_zone": "Asia/Tokyo"}
    assert client.post(address, form).status_code == 302

    dave = User.objects.named("david").get()
    assert (dave.name, dave.time_zone) == ("David Ito", "Asia/Tokyo")


# Deleting people


def delete_one(client, person, **form):
    return client.post(reverse("admin:messaging_user_delete", args=[person.pk]), form)


def delete_selected(client, *people, **form):
    form |= {"action": "delete_selected", "_selected_action": [person.pk for person in people]}
    return client.post(reverse("admin:messaging_user_changelist"), form)


def test_the_confirm_page_says_in_numbers_what_goes(world, alice, charlie, boss, browse, write):
    write(alice, charlie)

    page = soup(delete_one(browse(boss), alice))

    assert "alice: 2 messages sent, 1 received" in text(page)
    summary = [text(item) for item in page.select("#content li")]
    assert "Users: 1" in summary
    assert "Messages: 3" in summary
    assert SECRET not in str(page)
    assert User.objects.filter(pk=alice.pk).exists()


def test_the_confirm_page_of_the_bulk_action_says_so_for_each(
    world, alice, bob, charlie, boss, browse, write
):
    write(alice, charlie)

    page = soup(delete_selected(browse(boss), alice, charlie))

    assert "alice: 2 messages sent, 1 received" in text(page)
    assert "charlie: 0 messages sent, 1 received" in text(page)
    summary = [text(item) for item in page.select("#content li")]
    assert "Users: 2" in summary
    assert "Messages: 3" in summary
    assert User.objects.count() == 4


@pytest.mark.parametrize("delete", [delete_one, delete_selected])
def test_a_person_is_deleted_with_everything(world, alice, bob, boss, browse, delete):
    response = delete(browse(boss), alice, post="yes")

    assert response.status_code == 302
    assert set(User.objects.all()) == {bob, boss}
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()


def test_several_people_are_deleted_by_the_bulk_action(world, alice, bob, charlie, boss, browse):
    delete_selected(browse(boss), alice, bob, post="yes")

    assert set(User.objects.all()) == {charlie, boss}


@pytest.mark.parametrize("delete", [delete_one, delete_selected])
def test_the_log_keeps_nothing_about_a_deleted_person(alice, bob, boss, browse, delete):
    for person in (alice, bob):
        LogEntry.objects.create(
            user=boss,
            content_type=ContentType.objects.get_for_model(User),
            object_id=person.pk,
            object_repr=person.username,
            action_flag=CHANGE,
        )
    client = browse(boss)
    assert "alice" in text(soup(client.get(reverse("admin:index"))))

    delete(client, alice, post="yes")

    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["bob"]
    client.get(reverse("admin:index"))  # says once that it is done
    page = text(soup(client.get(reverse("admin:index"))))
    assert "alice" not in page
    assert "bob" in page
