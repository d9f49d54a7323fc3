"""A message as each of the tree libraries wants it. `copying.prepare` makes the tables."""

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from mptt.models import MPTTModel, TreeForeignKey
from tree_queries.models import TreeNode
from treebeard.mp_tree import MP_Node


class Said(models.Model):
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", db_constraint=False
    )
    content = models.TextField()
    timestamp = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self._meta.object_name} {self.pk}"


class MpttMessage(MPTTModel, Said):
    """Knows its place by nested intervals."""

    parent = TreeForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")

    @cached_property
    def below(self):
        return self.get_children()


class TreebeardMessage(MP_Node, Said):
    """Knows its place by a path of all that is above it."""


class TreeQueriesMessage(TreeNode, Said):
    """Knows its parent."""
