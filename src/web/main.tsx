/** The entry of the page: connects the client and draws the app. */
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet exports nothing
import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../client/index.ts';
import { App } from './app.tsx';
import { settledFeed } from './inbox/settled-feed.ts';
import { ClientProvider, FeedProvider } from './page-context.ts';
import { pageKey } from './shell/sign-in.ts';
import { restoreTheme } from './shell/theme.ts';
import { createEntryFeed } from './thread/entry-feed.ts';

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
