import { ClientError, sentence } from '../api/errors';
import { FormWidget } from './form-widget';

export type FieldErrors = Partial<Record<string, string>>;

/** The body of a dialog that saves a form; what is refused stands at its field, else below all. */
export abstract class FormBody extends FormWidget {
  /** Save what was typed; false keeps the dialog open, which then says why. */
  async submit(): Promise<boolean> {
    this.errors = this.check();
    this.problem = null;
    try {
      if (!Object.keys(this.errors).length) {
        await this.save();
        return true;
      }
    } catch (error) {
      this.explain(error);
    } finally {
      this.update();
    }
    return false;
  }

  /** What can be told without asking the server. */
  protected abstract check(): FieldErrors;

  protected abstract save(): Promise<unknown>;

  /** Whether the form shows what is wrong with this name of the wire. */
  protected abstract hasField(name: string): boolean;

  /** The name of the field that the server means. */
  protected nameOf(path: string): string {
    return path;
  }

  protected explain(error: unknown): void {
    const found =
      error instanceof ClientError ? Object.entries(error.fields) : [];
    this.errors = Object.fromEntries(
      found.map(([path, text]) => [this.nameOf(path), text])
    );
    if (!Object.keys(this.errors).some(name => this.hasField(name))) {
      this.problem = sentence(error);
    }
  }

  protected errors: FieldErrors = {};
  protected problem: string | null = null;
}
