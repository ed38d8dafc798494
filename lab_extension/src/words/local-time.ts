/** Texts of fields for date and time, which know no zone: they are the viewer's. */

/** "2026-11-24T02:00", as fields of the type datetime-local hold it. */
export function toLocal(at: Date): string {
  const offset = at.getTimezoneOffset() * 60_000;
  return new Date(at.getTime() - offset).toISOString().slice(0, 16);
}

/** The moment of such a text, or null where it is none. */
export function fromLocal(text: string): Date | null {
  const at = new Date(text);
  return text && !Number.isNaN(at.getTime()) ? at : null;
}

/** The midnight before. */
export function dayStart(at: Date): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate());
}

/** "Europe/Madrid": the zone in which all times are shown. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
