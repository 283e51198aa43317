import { useEffect, useState } from 'preact/hooks';
import { formatSelection, readSelection, type Selection } from './selection.ts';

/** The user's selection. It is kept in the URL, so it survives a reload and can be shared. */
export function useSelection(): [Selection, (selection: Selection) => void] {
  const [selection, setSelection] = useState(() => readSelection(location.hash));
  useEffect(() => {
    const read = (): void => setSelection(readSelection(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  const select = (selected: Selection): void => {
    history.replaceState(null, '', formatSelection(selected));
    setSelection(selected);
  };
  return [selection, select];
}
