import type { Contents, ServerConnection } from '@jupyterlab/services';
import { beforeEach, describe, expect, it } from 'vitest';

import { ClientError } from '../src/api/errors';
import type { FilesApi, IDagFile, IDagFileContent } from '../src/api/files';
import { DagDrive } from '../src/drive/dag-drive';
import { labPath } from '../src/drive/lab-path';
import { newDag } from '../src/drive/new-dag';
import { freeName, listFolder } from '../src/drive/tree';
import { frameDocument } from '../src/task/frame-document';

/** Files in memory, refusing what the service refuses. */
class FakeFiles {
  texts = new Map<string, string>();

  list(): Promise<IDagFile[]> {
    return Promise.resolve([...this.texts.keys()].map(path => row(path)));
  }

  read(path: string): Promise<IDagFileContent> {
    const content = this.texts.get(path);
    if (content === undefined) {
      return Promise.reject(new ClientError(`There is no file ${path}.`, 404));
    }
    return Promise.resolve(this.answer(path, content));
  }

  save(
    path: string,
    content: string,
    expected: string | null
  ): Promise<IDagFileContent> {
    const before = this.texts.get(path);
    if ((before === undefined ? null : `sha ${before}`) !== expected) {
      const words = `Somebody changed ${path} since you opened it.`;
      return Promise.reject(new ClientError(words, 409));
    }
    this.texts.set(path, content);
    return Promise.resolve(this.answer(path, content));
  }

  move(path: string, newPath: string): Promise<IDagFileContent> {
    const content = this.texts.get(path) ?? '';
    this.texts.delete(path);
    this.texts.set(newPath, content);
    return Promise.resolve(this.answer(newPath, content));
  }

  delete(path: string): Promise<void> {
    this.texts.delete(path);
    return Promise.resolve();
  }

  private answer(path: string, content: string): IDagFileContent {
    return { path, content, sha256: `sha ${content}`, can_edit: true };
  }
}

function row(path: string): IDagFile {
  return {
    path,
    dag_ids: [],
    account: null,
    modified_at: '2026-11-23T02:00:00Z',
    size: 1,
    can_edit: true
  };
}

let files: FakeFiles;
let drive: DagDrive;

beforeEach(() => {
  files = new FakeFiles();
  files.texts = new Map([
    ['sales.py', 'one'],
    ['team/a.py', 'a'],
    ['team/deep/b.sql', 'b']
  ]);
  drive = new DagDrive(
    files as unknown as FilesApi,
    {} as ServerConnection.ISettings
  );
});

const names = (model: Contents.IModel): string[] =>
  (model.content as Contents.IModel[]).map(one => `${one.type} ${one.path}`);

describe('the drive of DAG files', () => {
  it('lists folders and files', async () => {
    expect(names(await drive.get(''))).toEqual([
      'directory team',
      'file sales.py'
    ]);
    expect(names(await drive.get('/team/'))).toEqual([
      'directory team/deep',
      'file team/a.py'
    ]);
    await expect(drive.get('nowhere')).rejects.toThrow(/no file or folder/);
  });

  it('saves over what was opened', async () => {
    const opened = await drive.get('sales.py', { content: true });
    expect(opened).toMatchObject({ content: 'one', mimetype: 'text/x-python' });
    await drive.save('sales.py', { content: 'two', format: 'text' });
    await drive.save('sales.py', { content: 'three', format: 'text' });
    expect(files.texts.get('sales.py')).toBe('three');
  });

  it('does not save over what somebody else changed', async () => {
    await drive.get('sales.py', { content: true });
    files.texts.set('sales.py', 'of another');
    await drive.get('sales.py', { content: false });
    await expect(drive.save('sales.py', { content: 'mine' })).rejects.toThrow(
      /Somebody changed sales.py/
    );
    expect(files.texts.get('sales.py')).toBe('of another');
    await drive.get('sales.py', { content: true });
    await drive.save('sales.py', { content: 'mine' });
    expect(files.texts.get('sales.py')).toBe('mine');
  });

  it('does not save over a file that it never opened', async () => {
    await expect(drive.save('sales.py', { content: 'x' })).rejects.toThrow();
  });

  it('takes uploads', async () => {
    const content = btoa('print("ü")'.replace('ü', '\u00c3\u00bc'));
    await drive.save('new.py', { content, format: 'base64' });
    expect(files.texts.get('new.py')).toBe('print("ü")');
  });

  it('makes files with free names, and folders that are empty at first', async () => {
    const file = await drive.newUntitled({ path: '', type: 'file', ext: 'py' });
    expect(file.path).toBe('untitled.py');
    const folder = await drive.newUntitled({ path: '', type: 'directory' });
    expect(names(await drive.get(''))).toContain(`directory ${folder.path}`);
    await drive.rename(folder.path, 'mine');
    expect(names(await drive.get('mine'))).toEqual([]);
  });

  it('renames, copies and deletes, folders too, and tells it', async () => {
    const told: string[] = [];
    drive.fileChanged.connect((_, change) => told.push(change.type));
    await drive.rename('team', 'crew');
    expect([...files.texts.keys()].sort()).toEqual([
      'crew/a.py',
      'crew/deep/b.sql',
      'sales.py'
    ]);
    await drive.copy('sales.py', 'crew');
    expect(files.texts.get('crew/sales_copy.py')).toBe('one');
    await drive.delete('crew');
    expect([...files.texts.keys()]).toEqual(['sales.py']);
    expect(told).toEqual(['rename', 'new', 'delete']);
  });
});

it('free names count up', () => {
  expect(freeName('a', '.py', ['a.py', 'a1.py'])).toBe('a2.py');
  expect(listFolder([row('a/b.py')], 'b')).toBeNull();
});

it('a new DAG file has the name of its DAG', () => {
  expect(newDag(' my "dag".py ').path).toBe('my_dag_.py');
  expect(newDag('sales', 'ada').path).toBe('ada/sales.py');
  expect(newDag('sales').content).toContain('DAG("sales"');
});

it('files of the deployment are reached where they are below the root of Lab', () => {
  const reach = (path: string, home: string, ...roots: string[]) =>
    labPath(path, home, roots);
  expect(reach('outputs/a.ipynb', '/c', '/c')).toBe('outputs/a.ipynb');
  expect(reach('/c/users/ana/a.ipynb', '/c', '/c/users/ana/')).toBe('a.ipynb');
  expect(reach('outputs/a.ipynb', '/c', '/c/users/ana')).toBeNull();
  expect(reach('outputs/a.ipynb', '~/c', '/home/ana/c', '~/c')).toBe(
    'outputs/a.ipynb'
  );
  expect(reach('outputs/a.ipynb', '~/c', '/home/ana/c', '')).toBeNull();
});

it('a theme cannot end the style of an output’s frame', () => {
  const html = frameDocument('<b>x</b>', { text: 'red}</style><script>' });
  expect(html).toContain('<b>x</b>');
  expect(html.match(/<\/style>/g)).toHaveLength(1);
});
