"""Graph of a loaded model, prepared once and run without a scheduler.

Rasa's own runner builds a graph for dask at every run, orders it, and writes lines for a log that
nobody keeps. The nodes of a loaded model never change, so their order is found once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException


@dataclass(frozen=True)
class _Step:
    """Call of one node: its function, bound to its component, and where its arguments are from."""

    name: str
    run: Callable[..., Any]
    needs: tuple[tuple[str, str], ...]  # names of arguments, with the nodes or inputs they are from


class PreparedGraph(GraphRunner):
    """Runner that calls the loaded nodes one after the other."""

    def __init__(
        self,
        loaded: DaskGraphRunner,
        instead: Mapping[type, Callable[[Any], Any]] = MappingProxyType({}),
    ) -> None:
        """Take the nodes of a loaded graph; all are loaded before they run, as for predictions.

        A component of a class in ``instead`` is replaced by what the function makes of it.
        """
        self._schema: GraphSchema = loaded._graph_schema
        self._nodes = loaded._instantiated_nodes
        self._instead = instead
        self._plans: dict[tuple[str, ...], tuple[_Step, ...]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> Self:
        """Load a graph, and prepare it."""
        return cls(DaskGraphRunner(graph_schema, model_storage, execution_context, hooks))

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Return the outputs of the targets; an input stands for a node of its name."""
        wanted = tuple(targets or self._schema.target_names)
        values = dict(inputs or {})
        for step in self._plan(wanted):
            if step.name not in values:
                try:
                    values[step.name] = step.run(**{name: values[of] for name, of in step.needs})
                except RasaException:
                    raise
                except Exception as error:
                    raise GraphComponentException(
                        f"Error running graph component for node {step.name}."
                    ) from error
        return {name: values[name] for name in wanted}

    def _plan(self, targets: tuple[str, ...]) -> tuple[_Step, ...]:
        if targets not in self._plans:
            self._plans[targets] = tuple(self._step(name) for name in self._in_order(targets))
        return self._plans[targets]

    def _in_order(self, targets: Sequence[str]) -> list[str]:
        """Return the nodes that the targets need, each after those that it needs itself."""
        ordered: list[str] = []
        for name in targets:
            if name in self._nodes:  # else it is an input
                needed = self._in_order(list(self._schema.nodes[name].needs.values()))
                ordered += [*needed, name]
        return list(dict.fromkeys(ordered))

    def _step(self, name: str) -> _Step:
        node = self._nodes[name]
        component = self._instead.get(node._component_class, _same)(node._component)
        run = getattr(component, node._fn_name)
        return _Step(name, run, tuple(node._inputs.items()))


def _same(component: Any) -> Any:
    return component
