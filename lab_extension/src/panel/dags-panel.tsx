import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { flowIcon } from '../parts/icons';
import type { IWorkflow } from '../tokens';
import { DagsView, type IPanelActions } from './dags-view';

/** The side panel that lists the DAGs. */
export class DagsPanel extends ReactWidget {
  constructor(
    private readonly workflow: IWorkflow,
    private readonly actions: IPanelActions
  ) {
    super();
    this.id = 'couture-dags';
    this.addClass('couture');
    this.addClass('couture-Panel');
    this.title.icon = flowIcon;
    this.title.caption = 'Workflow: DAGs';
    this.node.dataset.testid = 'couture-dags';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'DAGs');
    this.node.addEventListener('keydown', event => this.focusFilter(event));
  }

  /** The DAG whose page is shown, marked in the list. */
  set current(dagId: string | null) {
    this._current = dagId;
    this.update();
  }

  protected override render(): JSX.Element {
    return (
      <DagsView
        workflow={this.workflow}
        actions={this.actions}
        current={this._current}
      />
    );
  }

  private focusFilter(event: KeyboardEvent): void {
    if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      this.node.querySelector('input')?.focus();
    }
  }

  private _current: string | null = null;
}
