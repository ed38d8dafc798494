import * as React from 'react';

/** Python source, read-only; the editor's code is loaded when first needed. */
export function PythonSource(props: {
  source: string;
  label: string;
}): JSX.Element {
  const { source, label } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const node = host.current;
    let remove = (): void => undefined;
    let current = true;
    void import('./code-editor').then(({ showPython }) => {
      if (node && current) {
        const view = showPython(node, source, label);
        remove = () => view.destroy();
      }
    });
    return () => {
      current = false;
      remove();
    };
  }, [source, label]);
  return <div ref={host} className="couture-Source" />;
}
