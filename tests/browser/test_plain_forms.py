"""What becomes of a form that is sent again; as browsers send forms, without script."""


def test_a_text_changed_after_back_is_sent_too(alice, bob):
    alice.writes_to(bob, "Hello.")
    alice.sends("At eight.")
    alice.goes_back()
    alice.sees_typed("At eight.")  # the browser puts it back
    alice.sends("At nine.")
    alice.sees_messages("Hello.", "At eight.", "At nine.")


def test_the_same_form_sent_from_two_tabs_makes_one_message(alice, bob):
    alice.writes_to(bob, "Hello.")
    answers = [alice.posts(content="Sent once."), alice.posts(content="Sent once.")]
    assert [answer.status for answer in answers] == [303, 303]
    bob.visits("conversation", alice.username)
    bob.sees_messages("Hello.", "Sent once.")
