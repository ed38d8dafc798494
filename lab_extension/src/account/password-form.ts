/** The form that changes the own password. Pure. */

export interface IPasswordForm {
  old: string;
  password: string;
  again: string;
}

/** What is wrong, by the names of the wire (`again` is only here). */
export function passwordProblems(
  form: IPasswordForm
): Partial<Record<string, string>> {
  const problems: Partial<Record<string, string>> = {};
  if (!form.old) {
    problems.old_password = 'Type the password that you have now';
  }
  if (!form.password) {
    problems.new_password = 'Type a new password';
  } else if (form.password !== form.again) {
    problems.again = 'This is not the same as above';
  }
  return problems;
}
