/** The page as a whole. */
import { useConnection } from './use-client.ts';

export function App() {
  return <main>Greenroom: {useConnection()}</main>;
}
