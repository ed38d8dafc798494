"""An operator's templates and XComs, as methods that authors call and override."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from couture_operators.refused import Refused
from couture_operators.xcom import XCOM_RETURN_KEY

if TYPE_CHECKING:
    import jinja2

    from couture_operators.context import Context


class TaskTemplates:
    """Rendering by hand. An override of `render_template` or `render_template_fields` is obeyed."""

    template_fields: Sequence[str]
    template_ext: Sequence[str]

    def render_template(
        self: Any, content: Any, context: Any, jinja_env: jinja2.Environment | None = None, *_: Any
    ) -> Any:
        """The content with every text in it rendered; names of template files are read."""
        from couture_operators.templating import Renderer, stored_template

        renderer = Renderer(self.dag, context, stored_template, self.template_ext)
        renderer._environment = jinja_env
        return renderer.render(content)

    def render_template_fields(
        self, context: Context, jinja_env: jinja2.Environment | None = None
    ) -> None:
        """Render the template fields in place."""
        for name in self.template_fields:
            setattr(self, name, self.render_template(getattr(self, name), context, jinja_env))

    def get_template_env(self: Any) -> jinja2.Environment:
        """The Jinja environment of the DAG's templates."""
        return self.dag.get_template_env()

    def resolve_template_files(self) -> None:
        """Put the texts of template files in place of their names."""
        if self.template_ext:
            for name in self.template_fields:
                setattr(self, name, self._text_of(getattr(self, name, None)))
        self.prepare_template()

    def _text_of(self, content: Any) -> Any:
        if isinstance(content, list):
            return [self._text_of(item) for item in content]
        if not isinstance(content, str) or not content.endswith(tuple(self.template_ext)):
            return content
        environment = self.get_template_env()
        assert environment.loader is not None
        return environment.loader.get_source(environment, content)[0]

    def prepare_template(self) -> None:
        """Called before the fields are rendered."""

    def dry_run(self: Any) -> None:
        """Log the template fields as they are."""
        self.log.info("Dry run")
        for name in self.template_fields:
            self.log.info("Rendering template for %s", name)
            self.log.info("%s", getattr(self, name))

    @staticmethod
    def xcom_push(context: Any, key: str, value: Any, execution_date: Any = None) -> None:
        """Push an XCom of the running task."""
        context["ti"].xcom_push(key=key, value=value, execution_date=execution_date)

    @staticmethod
    def xcom_pull(
        context: Any,
        task_ids: Any = None,
        dag_id: str | None = None,
        key: str | None = XCOM_RETURN_KEY,
        include_prior_dates: bool | None = None,
        session: Any = None,
    ) -> Any:
        """Pull an XCom; see TaskInstance.xcom_pull."""
        return context["ti"].xcom_pull(
            task_ids=task_ids,
            dag_id=dag_id,
            key=key,
            include_prior_dates=bool(include_prior_dates),
        )

    run = Refused("dag.test() runs a DAG in this process")
    clear = Refused("`couture tasks clear` and the HTTP API clear tasks")
    get_task_instances = Refused("DagRun.find(...) gives runs, which have get_task_instances()")
