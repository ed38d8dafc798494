/** The files below `dags` as one of Lab's drives: they open, save and are renamed as any file. */
import type { Contents, ServerConnection } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';

import { ClientError } from '../api/errors';
import type { FilesApi, IDagFile, IDagFileContent } from '../api/files';
import { clean, freeName, join, listFolder, nameOf } from './tree';

export const DRIVE = 'DAGs';

const NO_CHECKPOINT: Contents.ICheckpointModel = {
  id: 'none',
  last_modified: new Date(0).toISOString()
};

export class DagDrive implements Contents.IDrive {
  constructor(
    private readonly api: FilesApi,
    readonly serverSettings: ServerConnection.ISettings
  ) {}

  readonly name = DRIVE;

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  async get(
    localPath: string,
    options: Contents.IFetchOptions = {}
  ): Promise<Contents.IModel> {
    const path = clean(localPath);
    const known = this._known.get(path);
    if (known && options.content === false) {
      // As it was opened: that somebody else changed it is told by the save.
      return fileModel(path, known, null);
    }
    const files = await this.api.list();
    const file = files.find(one => one.path === path);
    if (!file) {
      return this.folder(path, files);
    }
    const state = { at: file.modified_at, canEdit: file.can_edit };
    return options.content === false
      ? fileModel(path, state, null, file.size)
      : this.remember(await this.api.read(path), file.modified_at);
  }

  /** Save over what was opened; a file that was not opened here must be new. */
  async save(
    localPath: string,
    options: Partial<Contents.IModel> = {}
  ): Promise<Contents.IModel> {
    const path = clean(localPath);
    if (options.type === 'directory') {
      this._made.push(path);
      return this.changed('save', null, folderModel(path, []));
    }
    const expected = this._known.get(path)?.sha256 ?? null;
    const saved = await this.api.save(path, textOf(options), expected);
    return this.changed('save', null, this.remember(saved, null));
  }

  async newUntitled(
    options: Contents.ICreateOptions = {}
  ): Promise<Contents.IModel> {
    const folder = clean(options.path ?? '');
    const { files, folders } = listFolder(
      await this.api.list(),
      folder,
      this._made
    ) ?? { files: [], folders: [] };
    const taken = [...files.map(file => nameOf(file.path)), ...folders];
    if (options.type === 'directory') {
      const path = join(folder, freeName('folder', '', taken));
      this._made.push(path);
      return this.changed('new', null, folderModel(path, []));
    }
    const ext = options.ext ? `.${options.ext.replace(/^\./, '')}` : '.py';
    const path = join(folder, freeName('untitled', ext, taken));
    const saved = await this.api.save(path, '', null);
    return this.changed('new', null, this.remember(saved, null));
  }

  async delete(localPath: string): Promise<void> {
    const path = clean(localPath);
    const files = await this.api.list();
    for (const file of inside(files, path)) {
      await this.api.delete(file.path);
      this._known.delete(file.path);
    }
    this._made = this._made.filter(one => !isInside(one, path));
    this._fileChanged.emit({
      type: 'delete',
      oldValue: { path },
      newValue: null
    });
  }

  async rename(oldPath: string, newPath: string): Promise<Contents.IModel> {
    const [from, to] = [clean(oldPath), clean(newPath)];
    const moved = inside(await this.api.list(), from);
    let model = folderModel(to, []);
    for (const file of moved) {
      const target = to + file.path.slice(from.length);
      const answer = this.remember(
        await this.api.move(file.path, target),
        null
      );
      this._known.delete(file.path);
      model = target === to ? answer : model;
    }
    this._made = this._made.map(one =>
      isInside(one, from) ? to + one.slice(from.length) : one
    );
    return this.changed('rename', { path: from }, model);
  }

  async copy(fromPath: string, toFolder: string): Promise<Contents.IModel> {
    const { path, content } = await this.api.read(clean(fromPath));
    const folder = clean(toFolder);
    const files = await this.api.list();
    const dot = nameOf(path).lastIndexOf('.');
    const stem = dot > 0 ? nameOf(path).slice(0, dot) : nameOf(path);
    const ext = dot > 0 ? nameOf(path).slice(dot) : '';
    const taken = files.map(file => file.path);
    const target = freeName(join(folder, `${stem}_copy`), ext, taken);
    const saved = await this.api.save(target, content, null);
    return this.changed('new', null, this.remember(saved, null));
  }

  /** The text as a download, made in the page: the service has no address for single files. */
  async getDownloadUrl(localPath: string): Promise<string> {
    const { content } = await this.api.read(clean(localPath));
    return URL.createObjectURL(new Blob([content], { type: 'text/plain' }));
  }

  createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return Promise.resolve(NO_CHECKPOINT);
  }

  listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([]);
  }

  restoreCheckpoint(): Promise<void> {
    return Promise.reject(
      new Error('DAG files have no checkpoints; the Code tab has versions.')
    );
  }

  deleteCheckpoint(): Promise<void> {
    return Promise.resolve();
  }

  private folder(path: string, files: readonly IDagFile[]): Contents.IModel {
    const found = listFolder(files, path, this._made);
    if (!found) {
      throw new ClientError(`There is no file or folder dags/${path}.`, 404);
    }
    const content = [
      ...found.folders.map(name => folderModel(join(path, name), null)),
      ...found.files.map(file =>
        fileModel(
          file.path,
          { at: file.modified_at, canEdit: file.can_edit },
          null,
          file.size
        )
      )
    ];
    return folderModel(path, content);
  }

  private remember(
    file: IDagFileContent,
    modifiedAt: string | null
  ): Contents.IModel {
    const state = {
      at: modifiedAt ?? new Date().toISOString(),
      canEdit: file.can_edit,
      sha256: file.sha256
    };
    this._known.set(file.path, state);
    return fileModel(file.path, state, file.content);
  }

  private changed(
    type: Contents.IChangedArgs['type'],
    oldValue: Partial<Contents.IModel> | null,
    newValue: Contents.IModel
  ): Contents.IModel {
    this._fileChanged.emit({ type, oldValue, newValue });
    return newValue;
  }

  /** What was opened or saved here, by path. */
  private readonly _known = new Map<string, IKnown & { sha256: string }>();
  /** Folders that have no file yet: the service knows files only. */
  private _made: string[] = [];
  private _isDisposed = false;
  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
}

interface IKnown {
  at: string;
  canEdit: boolean;
}

function fileModel(
  path: string,
  { at, canEdit }: IKnown,
  content: string | null,
  size?: number
): Contents.IModel {
  return {
    name: nameOf(path),
    path,
    type: 'file',
    format: content === null ? null : 'text',
    mimetype: path.endsWith('.py') ? 'text/x-python' : 'text/plain',
    content,
    writable: canEdit,
    created: at,
    last_modified: at,
    size: size ?? content?.length
  };
}

function folderModel(
  path: string,
  content: Contents.IModel[] | null
): Contents.IModel {
  const at = new Date(0).toISOString();
  return {
    name: nameOf(path),
    path,
    type: 'directory',
    format: content === null ? null : 'json',
    mimetype: '',
    content,
    writable: true,
    created: at,
    last_modified: at
  };
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function inside(files: readonly IDagFile[], path: string): IDagFile[] {
  return files.filter(file => isInside(file.path, path));
}

/** The text to save; an upload comes in base64. */
function textOf({ content, format }: Partial<Contents.IModel>): string {
  const text = typeof content === 'string' ? content : '';
  if (format !== 'base64') {
    return text;
  }
  const bytes = Uint8Array.from(atob(text), char => char.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
