import { useEffect, useState } from 'preact/hooks';
import { formatSelection, readSelection, type Selection } from './selection.ts';

/** What the user looks at. It stands in the address, so that it outlives a reload and can be passed on. */
export function useSelection(): [Selection, (selection: Selection) => void] {
  const [selection, setSelection] = useState(() => readSelection(location.hash));
  useEffect(() => {
    const read = (): void => setSelection(readSelection(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  const select = (chosen: Selection): void => {
    history.replaceState(null, '', formatSelection(chosen));
    setSelection(chosen);
  };
  return [selection, select];
}
