from functools import update_wrapper
from threading import Lock

from django.db.models import BigIntegerField
from django.db.transaction import TransactionManagementError

LARGEST = BigIntegerField.MAX_BIGINT


class compiled:  # noqa: N801, a decorator
    """A function that makes a queryset of some values; the decorated one returns its rows, a list.

    Django makes the SQL of a queryset anew each time, which for a small query takes longer than to
    run it. Here the function is called once, with markers in the place of its values, which are
    numbers or texts; from then on only the values are put in. They may stand in the queryset's
    conditions and nowhere else: what the function does must not depend on them. For values of
    other kinds it is called as it is.
    """

    MARKERS = {int: 7_301_000_000_000_000_000, str: "\ue000"}

    def __init__(self, build):
        update_wrapper(self, build)
        self.build = build
        self.lock = Lock()
        self.querysets = {}  # by the types of the values
        self.sql = {}  # by these types and the database

    def __call__(self, *values):
        types = tuple(map(type, values))
        if not all(map(self.can_be_put_in, values)):
            return list(self.build(*values))
        markers = [self.MARKERS[kind] + kind(number) for number, kind in enumerate(types)]
        with self.lock:
            if types not in self.querysets:
                self.querysets[types] = self.build(*markers)
        queryset = self.querysets[types].all()
        query, value_of = queryset.query, dict(zip(markers, values, strict=True))

        def get_compiler(using=None, connection=None, **kwargs):
            compiler = type(query).get_compiler(query, using, connection, **kwargs)
            refuse_lock_without_transaction(query, compiler.connection)
            key = types, compiler.using
            with self.lock:
                if key not in self.sql:
                    self.sql[key] = self.compile(compiler, markers)
            sql, params, columns = self.sql[key]
            vars(compiler).update(columns)
            filled = tuple(value_of.get(param, param) for param in params)
            compiler.as_sql = lambda *args, **kwargs: (sql, filled)
            return compiler

        query.get_compiler = get_compiler
        return list(queryset)

    def can_be_put_in(self, value):
        """Whether a column can hold it. Of a larger number Django knows that nothing is found."""
        return type(value) in self.MARKERS and (type(value) is str or abs(value) <= LARGEST)

    def compile(self, compiler, markers):
        """The SQL with its parameters, and what the compiler learned meanwhile of the columns."""
        sql, params = compiler.as_sql()
        if not set(markers) <= set(params):
            raise ValueError(f"{self.build.__qualname__} does not ask for all of its values.")
        columns = {k: v for k, v in vars(compiler).items() if k not in ("query", "connection")}
        return sql, params, columns


def refuse_lock_without_transaction(query, connection):
    """As Django does while it makes the SQL."""
    locks = query.select_for_update and connection.features.has_select_for_update
    if locks and connection.get_autocommit():
        raise TransactionManagementError("select_for_update cannot be used outside a transaction.")
