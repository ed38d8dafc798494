import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { flowIcon } from '../parts/icons';
import type { DagModel } from '../models/dag';
import { PageView } from './page-view';
import type { IPageContext } from './page-context';

/** A DAG's page in the main area. */
export class DagPage extends MainAreaWidget<ReactWidget> {
  constructor(context: IPageContext) {
    super({ content: new PageContent(context) });
    this.toolbar.hide();
    this.model = context.model;
    this.id = `couture-dag-${context.model.dagId}`;
    this.addClass('couture-DagPage');
    this.title.label = context.model.dagId;
    this.title.caption = `DAG ${context.model.dagId}`;
    this.title.icon = flowIcon;
    this.title.closable = true;
  }

  readonly model: DagModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }
}

class PageContent extends ReactWidget {
  constructor(private readonly context: IPageContext) {
    super();
    this.addClass('couture');
    this.addClass('couture-Page');
    this.node.addEventListener('keydown', event => this.closeTask(event));
  }

  protected override render(): JSX.Element {
    return <PageView context={this.context} />;
  }

  /** Esc closes the detail column and returns to the task in the graph. */
  private closeTask(event: KeyboardEvent): void {
    const { model } = this.context;
    const { taskId } = model;
    if (
      event.key !== 'Escape' ||
      !taskId ||
      event.target instanceof HTMLInputElement
    ) {
      return;
    }
    model.selectTask(null);
    const button = `[data-task="${CSS.escape(taskId)}"]`;
    this.node.querySelector<HTMLElement>(button)?.focus();
  }
}
