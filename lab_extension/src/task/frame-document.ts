/** The document of a frame that shows an output. Pure. */

/** Tells the page around it how tall the content is, whenever that changes. */
const MEASURE =
  'new ResizeObserver(()=>parent.postMessage({height:document.documentElement.offsetHeight},"*"))' +
  '.observe(document.documentElement)';

/** What an output looks like in the theme of the page around it. */
export function frameDocument(
  html: string,
  theme: Record<string, string>
): string {
  const { font, size, text, page, line, stripe } = Object.fromEntries(
    Object.entries(theme).map(([name, value]) => [name, plain(value)])
  );
  return `<!doctype html><meta charset="utf-8"><base target="_blank">
<style>
html{height:fit-content}
body{margin:0;padding:4px 0;background:${page};color:${text};font:${size} ${font};overflow-x:auto}
table{border-collapse:collapse;font-size:12px}
th,td{padding:4px 6px;text-align:right;border:none}
thead{border-bottom:1px solid ${line}}
tbody tr:nth-child(odd){background:${stripe}}
</style>
<script>${MEASURE}</script>
${html}`;
}

/** A value of CSS that cannot end the style it stands in. */
function plain(value: string): string {
  return value.replace(/[<>{};]/g, '');
}
