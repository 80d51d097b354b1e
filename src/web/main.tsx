/** Where the page begins. */
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has nothing to give
import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../client/index.ts';
import { createEntryFeed } from './app/entry-feed.ts';
import { FeedProvider } from './app/page-context.ts';
import { pageKey } from './app/page-key.ts';
import { restoreTheme } from './app/theme.ts';
import { App } from './app.tsx';
import { settledFeed } from './inbox/settled-feed.ts';
import { ClientProvider } from './use-client.ts';

const place = document.querySelector('#root');
if (place === null) throw new Error('index.html has no #root.');
restoreTheme();
const feed = createEntryFeed((run) => void requestAnimationFrame(run));
const client = createClient({
  key: pageKey,
  onEntry: (entry) => {
    feed.take(entry);
    settledFeed.tell(entry);
  },
});
createRoot(place).render(
  <StrictMode>
    <ClientProvider value={client}>
      <FeedProvider value={feed}>
        <App />
      </FeedProvider>
    </ClientProvider>
  </StrictMode>,
);
