/** Where the page begins. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../client/index.ts';
import { App } from './app.tsx';
import { ClientProvider } from './use-client.ts';

const place = document.querySelector('#root');
if (place === null) throw new Error('index.html has no #root.');
const client = createClient();
createRoot(place).render(
  <StrictMode>
    <ClientProvider value={client}>
      <App />
    </ClientProvider>
  </StrictMode>,
);
