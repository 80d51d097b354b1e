/** Names that every gate has to treat alike, for the tests of rules, commands, search and sandbox. */

/** Reading and writing ask. */
export const SECRETS =
  `.env .env.local .env.production .envrc prod.env .flaskenv server.key x.pem private.key master.key cert.pfx
  release.jks app.keystore db.kdbx AuthKey.p8 putty.ppk .pgpass .my.cnf .netrc .npmrc .pypirc .git-credentials .vault-token
  .htpasswd credentials.json credentials.yml google-credentials.json service-account.json client_secret_1.json secrets.yaml
  terraform.tfstate auth.json .bash_history .zsh_history .python_history .node_repl_history .psql_history .ssh/id_ed25519
  .ssh/config .aws/credentials .azure/token .kube/config .docker/config.json .gnupg/secring .config/gh/hosts.yml
  .config/gcloud/access_tokens.db .cargo/credentials.toml .m2/settings.xml .claude/.credentials.json id_rsa id_ed25519
  Server.KEY .ENV .Config/GH/hosts.yml`.split(/\s+/);

/** Writing asks; reading is free. */
export const RUN =
  `.github/workflows/ci.yml .github/actions/x/action.yml .gitlab-ci.yml .circleci/config.yml Jenkinsfile
  azure-pipelines.yml .vscode/tasks.json .vscode/settings.json .vscode/launch.json .zed/tasks.json .idea/workspace.xml
  x.code-workspace .devcontainer/devcontainer.json .devcontainer.json .cursor/mcp.json .cursorrules .windsurf/x.md .roo/mcp.json
  .kiro/hooks/a .opencode/x.ts opencode.json .claude/settings.json .codex/config.toml .gemini/settings.json .mcp.json
  .aider.conf.yml lefthook.yml lefthook-local.yml .husky/pre-commit .pre-commit-config.yaml mise.toml .mise.toml
  .config/mise/config.toml .gitmodules .gitconfig .exrc .vimrc .nvim.lua .dir-locals.el .gdbinit .lldbinit
  node_modules/.bin/tsc .yarn/releases/y.cjs .pnpmfile.cjs .cargo/config.toml .bashrc .zshenv .profile
  .config/fish/config.fish .greenroom/policy.json .VSCode/Tasks.json MISE.toml`.split(/\s+/);

/** Names that look like the others and are free. */
export const HARMLESS =
  `.env.example .env.sample .env.template example.env id_rsa.pub public.pem server-public.pem jwt.pub.key
  cacert.pem src/secrets.ts docs/secrets.md src/credentials.ts src/env.ts src/keys.ts monkey.ts tokens.json .github/CODEOWNERS
  .github/dependabot.yml .gitignore .gitattributes .editorconfig package.json opencode.md mise.md github/workflows/x.yml
  node_modules/x/index.js history.txt`.split(/\s+/);
