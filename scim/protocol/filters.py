"""The engine's syntax tree in our form. What cannot be told exactly is refused."""

from datetime import UTC, datetime
from inspect import isclass
from typing import Any as Anything

from scim2_models import BaseModel, Resource, ScimFilter, SearchRequest
from scim2_models.path import (
    STRING_OPERATORS,
    AttributeBinding,
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Present,
    ValuePath,
    coerce_value,
)
from scim2_models.path import (
    Not as Negation,
)
from scim2_server.utils import parametrize

from scim.comparison import key
from scim.errors import CannotFilter
from scim.filters.tree import All, Any, Has, Item, Not, Op, Order, Test, Tree, Value

MAX_TERMS = 100
NOTHING = Any(())


def path_of(model: type[Resource[Anything]], binding: AttributeBinding) -> str:
    """Lower case; an extension's attribute with its URN, others without."""
    return binding.urn.removeprefix(f"{model.__schema__}:").lower()


def order_of(model: type[Resource[Anything]], search: SearchRequest[Anything]) -> Order | None:
    binding = search.sort_binding(model)
    if binding is None:
        return None
    numeric = isclass(binding.target_type) and issubclass(binding.target_type, bool | int | float)
    return Order(path_of(model, binding), search.sort_order == SearchRequest.SortOrder.descending, numeric)


class Translator(FilterVisitor[Tree]):
    """``within``: the multi-valued attribute whose entries the terms are about.

    RFC 7644 §3.4.2.1: what a term says about an attribute that ``model`` does not have is false. Where no searched
    type has it, the engine has refused the filter before.
    """

    def __init__(self, model: type[Resource[Anything]], text: str) -> None:
        self.model: type[Resource[Anything]] = model
        self.filter: ScimFilter[Anything] = parametrize(ScimFilter, model)(text)
        self.within: AttrPath | None = None
        self.terms = 0

    def translate(self) -> Tree:
        return self.visit(self.filter.ast)

    def visit(self, node: FilterNode) -> Tree:
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise CannotFilter(f"The filter has more than {MAX_TERMS} terms.")
        return super().visit(node)

    def visit_not(self, node: Negation) -> Tree:
        return Not(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> Tree:
        terms = tuple(self.visit(term) for term in node.terms)
        return All(terms) if node.op == LogicalOperator.and_ else Any(terms)

    def visit_present(self, node: Present) -> Tree:
        binding = self._bind(node.attr_path)
        return Has(path_of(self.model, binding)) if binding else NOTHING

    def visit_value_path(self, node: ValuePath) -> Tree:
        binding = self._bind(node.attr_path)
        if binding is None:
            return NOTHING
        if not _is_complex(binding):
            raise CannotFilter(f"{node.attr_path} has no sub-attributes to filter by.")
        self.within = node.attr_path
        inner = self.visit(node.val_filter)
        self.within = None
        return Item(path_of(self.model, binding), inner)

    def visit_comparison(self, node: Comparison) -> Tree:
        binding = self._bind(node.attr_path, compared=True)
        if binding is None:
            return NOTHING
        if _is_complex(binding) and binding.sub_field_name is None and node.value is not None:
            raise CannotFilter(f"{node.attr_path} is complex: compare one of its sub-attributes.")
        negated = node.op == CompareOperator.ne
        op = CompareOperator.eq if negated else node.op
        tree = self._absent(binding, op) if node.value is None else self._test(binding, op, node.value)
        return Not(tree) if negated else tree

    def _bind(self, path: AttrPath, *, compared: bool = False) -> AttributeBinding | None:
        if self.within is not None:
            if path.sub_attr or path.uri:
                raise CannotFilter(f"{path} is no sub-attribute of {self.within}.")
            path = AttrPath(self.within.attr, path.attr, self.within.uri)
        resolve = self.filter.resolve_comparison if compared else self.filter.resolve
        return resolve(path, strict=self.within is not None)

    def _absent(self, binding: AttributeBinding, op: CompareOperator) -> Tree:
        """``eq null``: no value, or an entry without this sub-attribute. Nothing is greater or less than null."""
        if op != CompareOperator.eq:
            return NOTHING
        path = path_of(self.model, binding)
        if self.within is not None or not (binding.is_multivalued and binding.sub_field_name):
            return Not(Has(path))
        head = path.rpartition(".")[0]
        return Any((Not(Has(head)), Item(head, Not(Has(path)))))

    def _test(self, binding: AttributeBinding, op: CompareOperator, operand: Anything) -> Tree:
        if op in STRING_OPERATORS and not isinstance(operand, str):
            raise CannotFilter(f"{op.value} compares text.")
        if op in STRING_OPERATORS and binding.target_type is datetime:
            return NOTHING  # a time has no text
        value = coerce_value(binding, operand, op)
        return Test(path_of(self.model, binding), Op(op.value), _comparable(value, case_exact=binding.case_exact))


def _is_complex(binding: AttributeBinding) -> bool:
    return isclass(binding.field_type) and issubclass(binding.field_type, BaseModel)


def _comparable(value: Anything, *, case_exact: bool) -> Value:
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, bool | int | float):
        return float(value)
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise CannotFilter("A value contains a NUL character or half of a surrogate pair.")
    return key(str(value), case_exact=case_exact)


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError as error:
        raise CannotFilter("A time is out of range.") from error
