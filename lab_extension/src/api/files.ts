/** The text files below `dags`. */
import { ours, type Requests } from './requests';

export interface IDagFile {
  path: string;
  dag_ids: string[];
  account: string | null;
  modified_at: string;
  size: number;
  can_edit: boolean;
}

export interface IDagFileContent {
  path: string;
  content: string;
  /** Names this very content. */
  sha256: string;
  can_edit: boolean;
}

export class FilesApi {
  constructor(private readonly requests: Requests) {}

  async list(): Promise<IDagFile[]> {
    return (await this.requests.get<{ files: IDagFile[] }>(ours('files')))
      .files;
  }

  read(path: string): Promise<IDagFileContent> {
    return this.requests.get(ours('files', 'content'), { path });
  }

  /** Save over the content that was edited; null = the file must be new. */
  save(
    path: string,
    content: string,
    expectedSha256: string | null
  ): Promise<IDagFileContent> {
    const body = { path, content, expected_sha256: expectedSha256 };
    return this.requests.send('POST', ours('files'), body);
  }

  move(path: string, newPath: string): Promise<IDagFileContent> {
    const body = { path, new_path: newPath };
    return this.requests.send('PATCH', ours('files'), body);
  }

  delete(path: string): Promise<void> {
    return this.requests.remove(ours('files'), { path });
  }
}
