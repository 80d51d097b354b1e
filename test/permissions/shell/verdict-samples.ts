/** Arguments of all kinds, and commands that only some programs understand. */

/** One for every piece of the text between two blanks or more, or at the end of a line. */
const several = (text: string): readonly string[] => text.split(/ {2,}|\n\s*/);

/** Every list of arguments behind the same words. */
const behind = (front: string, lists: string): readonly string[] => several(lists).map((list) => `${front} ${list}`);

/** Held against every program. */
export const EVERYWHERE = [
  '',
  ...several(`a.txt  ./a.txt  src/*.ts  *.ts  ../a.txt  /etc/passwd  /ws/a  ~/x  @args  A=b  +x  -  --  -- -x  -5  --no-such
  --help  --version  -zz  a -- b  "a b"  .git/x  a:b  $HOME  -*  -a*  -?  --st*at  --x=*  [ab]  ?  "*"  ""  x y z
  .env  :(top)x  /dev/null`),
];

/** Held against a few programs that take paths. */
export const PLACES =
  several(String.raw`.env  .env.example  .env.example.x  .envrc  x/.env.local  env  .ENV  a.env  HEAD:.env  HEAD:a  id_rsa  id_rsa.pub
  x.pem  x.key  x.keys  .ssh/x  .sshx  .git/config  git~1  git~x  secret  secrets.json  secrets.md  credentials
  .bashrc  .bash_history  .npmrc  .greenroom/x  x.p12.txt  *  **  *.pem  *.pub  *.json  *.p*  s*  s*t  a*  .e*  ..e*  a.*
  *.*  id_*  x.[kp]*  x.k?y  [a-z].ts  [!a]*  []x]*  se[c]ret  [^a]x  ?  ???  a/*.key  '*.key'  'a*'  "?.pem"  x/*/y
  ..  ../x  a/..  a/../b  a/../../b  a/b/../../c  ./../x  ./a  */../x  a*/b  /..  //etc  /  /ws  /ws/  /ws/x  /wsx
  /ws/../x  /ws/a/../x  /ws/.env  /dev/null  /dev/stdin  /dev/tty  -  :(top)x  :(exclude).env  :x  a:b  a:../b
  a:/etc/x  HEAD:src/x  HEAD~1  a\ b  x/  build/x  build/../x  src  src/a src/b  src ../x  x .env  -n .env
  -- .env  -- -x  x -y`).concat('\u00adx');

interface Sample {
  readonly rules: readonly string[];
  readonly commands: readonly string[];
}

const SED_SCRIPTS = several(String.raw`p  5p  5,7p  5,+2p  5,~2p  1~2p  $p  /a/p  /a/,/b/p  /a/I,5p  /a/!p  5 ! p
  /a/ , /b/ d  \,a,p  \ a p  s/a/b/  s/a/b/gp  s/a/b/3  s/a/b/w  s/a/b/e  s/a/b/I;p  s,a,b,  s a b  s/a  s/a/b
  s/[/]/b/  s/[a]/b/  s/a[/b/  s/\[/b/  s/\//b/  s/a/[/  y/ab/cd/  y/ab/cd/g  q  q5  Q 5  q x  l 5  l5x  b  b end
  bend;p  t x  T  : x  :x p  p;p  p p  {p}  {p;d  5{p}  #c  p #c  w x  r x  e  a x  i x  c x  F  =  z  R x  W x
  v  /a  /a\/b/p  5,p  ,p  /a/,p  ;;p  }  s/a\  /a\  s/\n/x/  y/a/b  1,2!d  /a/M p  n;p;d  g;G;h;H;x  D  N  s p  \ p  y  s  s\p`)
  .concat('p\u00a0', 's/a\nb/c/', 'p\np', '#c\np')
  .map((script) => `'${script}'`);

const AWK_PROGRAMS = several(String.raw`{print $1}  $1 > 5  {print > "x"}  {print | "sh"}  /a|b/  /a|b/ {print}
  {print a || b}  {print 1 ||| 2}  {x = $1 > 2}  BEGIN  {printf "%s"}  {print >> "x"}  {getline}  {system("x")}
  {print ENVIRON["x"]}  @include  {close("x")}  x|y; print 1  {print | x}  5system  ARGV  {x|y}`)
  .concat('`', '{print\n1}', '{print\r}', '{print \\\n1}')
  .map((program) => `'${program}'`);

/** What finds the names of files, and what is run on them. */
const SOURCES = several(`find src  find . src  find  find src -type f  find src -maxdepth 2 -type f  find /ws/src
  find src ../x  find .git  find src -newer x  find -src  find ~x  find src -mindepth 1  find "s*"  find src -iname x`);
const NAMES = several(`-name '*.ts'  -name x.json  -iname '*.md'  -name '*'  -name '*.env'  -name '.e*'  -name id_rsa
  -name .x  -name -print`);
const ON_THEM = several(`-0 grep x  grep x  -0 -n 5 wc -l  -0 grep -- x  -0 rm x  -0 -d x grep x  -r0 grep x
  --null grep x`);

export const SAMPLES: readonly Sample[] = [
  {
    rules: several(`sed *  sed -n *  sed -e p *  sed p *`),
    commands: [
      ...SED_SCRIPTS.flatMap((script) => [
        `sed ${script}`,
        `sed -n ${script} x`,
        `sed -e ${script}`,
        `sed --expression=${script}`,
      ]),
      ...behind(
        'sed',
        `-e p x  p /etc/x  -n -e p .env  p -i x  -i p x  p p  -n p w  -e p 'w x'  -nep x  -e p -e d x
        -e p -e 'w y' x  -f x  -s p  --expression p  --line-length=5 p  -E p *.ts`,
      ),
    ],
  },
  {
    rules: several(`awk *  awk '{print}' *  awk -F: *`),
    commands: [
      ...AWK_PROGRAMS.flatMap((program) => [`awk ${program}`, `awk ${program} x`, `awk -F: ${program} x`]),
      ...behind('awk', `'{print}' x  '{print}' a=b  '{print}' /etc/x  -v a=b '{print}'  -f x  '{print}' 5=b x`),
    ],
  },
  {
    rules: several(`find *  find src *  find . -name *  find . -type f *`),
    commands: behind(
      'find',
      String.raw`.  src  src test  . -name x  . -name "*.ts"  . -name *.ts  src -name x  -name x
      src -type f -name x  . -type f -print  . -type f -delete  . -exec rm {} +  . -perm -4  . -perm -x  . -name -x
      . -mtime -5  . ( -name x -o -name y )  . \( -name x -o -name y \)  . ! -name x  /etc -name x  .. -name x
      . -name x ../y  *.ts  * -name x  -H .  src* -name x  . -newer ../x  . -printf %p  . -fprintf x  . -type
      . -name  . -name x -ok rm  . -ls  -L .  src -size -x  src -name x y  src , -name x  . -name x -prune
      . -regex x -quit  . -na*e x  . -type f -*  src .env -name x  -x src  ! src`,
    ),
  },
  {
    rules: several(
      `xargs *  xargs -0 *  xargs -0 grep *  xargs -0 grep x  xargs grep *  xargs -0 -n 5 wc *  xargs -0 rm *`,
    ),
    commands: SOURCES.flatMap((source) =>
      NAMES.flatMap((name) => ON_THEM.map((rest) => `${source} ${name} -print0 | xargs ${rest}`)),
    ),
  },
  {
    rules: several(`xargs -0 grep *  xargs -0 grep x`),
    commands: [
      ...behind(
        'find',
        `src -name '*.ts' -print | xargs -0 grep x  src -name '*.ts' -print | xargs -0 grep x y
        src -print0 -name '*.ts' | xargs -0 grep x  src -print0 -name '*.ts' | xargs -0 grep x y`,
      ),
      ...several(`ls src -name '*.ts' -print0 | xargs -0 grep x  ls src -name '*.ts' -print0 | xargs -0 grep x y`),
      ...behind(
        'find',
        `-print0 | xargs -0 grep x  -print0 | xargs -0 grep x y  src -name '*.ts' -type f -print0 | xargs -0 grep x
        src -name '*.ts' -type f -print0 | xargs -0 grep x y  src -name '*.ts' -name -print0 | xargs -0 grep x
        src -name '*.ts' -name -print0 | xargs -0 grep x y  src -name x -name .env -print0 | xargs -0 grep x
        src -name x -name .env -print0 | xargs -0 grep x y`,
      ),
    ],
  },
  {
    rules: several(`env *  env A=b *  env A=b cat *  env cat *  env -i cat *  env * cat x  env A=* cat x`),
    commands: [
      ...several(`env`),
      ...behind('env', `cat x  A=b cat x  A=b cat /etc/x  -i cat x  -u x cat x  A=b  A=b B=c cat x  -- cat x`),
    ],
  },
  {
    rules: several(
      `timeout *  timeout 5 *  timeout 5 cat *  timeout -k 5 9 cat *  timeout -s TERM 5 cat *  timeout * cat x`,
    ),
    commands: [
      ...behind(
        'timeout',
        `5 cat x  -k 5 9 cat x  -k 5 cat x  -k5 9 cat x  -s TERM 5 cat x  --kill-after=5 9 cat x  -z 5 cat x
        5 cat .env  -- 5 cat x  -v 5 cat x  5  -k 5 9 cat /etc/x  5 - x  -  -k 5 9 rm x  5 sudo cat x`,
      ),
    ],
  },
  {
    rules: several(`nice cat *  nice -n 5 cat *  nice *  sudo cat *  sudo * cat x  sudo -n cat *  sudo -u x cat *
      /usr/bin/nice cat *`),
    commands: [
      ...behind(
        'nice',
        `cat x  -n 5 cat x  -5 cat x  -n5 cat x  -x cat x  cat .env  -n 5 cat /etc/x  --adjustment=3 cat x`,
      ),
      ...behind('sudo', `cat x  -n cat x  -u x cat x  -E cat x  -i  -- cat x  cat .env  -nH cat x`),
      ...several(`/usr/bin/nice cat x  /usr/bin/nice cat .env`),
    ],
  },
  {
    rules: several(
      `command *  command -v *  command cat *  command -p cat *  nohup cat *  stdbuf -oL cat *  setsid -w cat *`,
    ),
    commands: [
      ...several(`command`),
      ...behind('command', `-v x  -V x  -v  -v x y  -v x -p  -p cat x  cat x  cat .env  rm x  -x cat x`),
      ...behind('nohup', `cat x  cat .env  -x cat x`),
      ...several(`stdbuf -oL cat x  stdbuf -oL cat .env  setsid -w cat x`),
    ],
  },
  {
    rules:
      several(`python3 *  python3 -m *  python3 -m json.tool *  python3 -m pytest *  python3 x.py *  python3 -u x.py *
      python3 -c x *`),
    commands: [
      ...behind(
        'python3',
        `-V  --version  -V x  -m json.tool  -m json.tool x  -m json.tool x y  -m json.tool *.json  -m pytest
        -m pytest -v  -m pytest -p x  -m http.server  -m  -m -x  x.py  x.py y  -u x.py y  -z x.py y  -c x y  -c -x  -
        - x  /dev/stdin  -m json.tool --indent 4 x  -m pytest .env`,
      ),
      ...behind(
        'printf x |',
        `python3  python3 x.py  python3 -V  python3 -  python3 -m json.tool  python3 -m pytest  python3 -m x
        python3 -c x  python3 x.py y`,
      ),
    ],
  },
  {
    rules: several(
      `bash *  bash x.sh *  bash -c x *  bash -eu x.sh *  sh x.sh *  node *  node x.js *  node inspect *  tsx watch *`,
    ),
    commands: [
      ...behind('bash', `x.sh  x.sh y  -c x  -c x y  -eu x.sh y  -o x x.sh  +x x.sh  --version  -  -c +x  -c  @x y`),
      ...behind('sh', `x.sh y  x.sh  --help  /dev/stdin`),
      ...behind('node', `x.js  x.js y  -v  --version  -e x  inspect x  --no-warnings x.js y  -  --test x`),
      ...several(`tsx watch x  tsx watch`),
      ...behind('printf x |', `bash  bash x.sh  node x.js y  node -v`),
      ...several(`bash <<< x`),
    ],
  },
  {
    rules: several(`irb *  irb  R x *  vim *  vim x *  deno run *  deno run x *  sqlite3 x *`),
    commands: [
      ...several(`irb  printf x | irb  irb --version  printf x | irb --version  irb x  printf x | irb x  R x  printf x | R x
        R x y  printf x | R x y  vim  printf x | vim  vim x  printf x | vim x  deno run x  printf x | deno run x
        deno run x y  printf x | deno run x y  sqlite3 x  printf x | sqlite3 x  sqlite3 x y  printf x | sqlite3 x y`),
    ],
  },
  {
    rules: several(
      `curl *  curl https://a.b/*  curl -s https://a.b/*  curl https://a.b*  curl -m 5 *  curl http://a.b:80/x/* *`,
    ),
    commands: [
      ...behind(
        'curl',
        `https://a.b/x  -s https://a.b/x  https://a.b/x -s  https://a.b/x -o y  https://a.b/x -d y  https://a.b.c/x
        -m 5 x  https://a.b/x https://c.d/y  -m 5 https://a.b/x  http://a.b:80/x/y  http://a.b:80/x/y -s
        http://a.b:80/x/y z  -K x`,
      ),
    ],
  },
  {
    rules: several(`kubectl *  kubectl get *  kubectl apply *  docker *  docker ps *  docker run *  docker run x *
      docker inspect x *`),
    commands: [
      ...several(`kubectl`),
      ...behind(
        'kubectl',
        `get  get pods  get pods -o json  get pods -o x  get pods -ojson  get pods --output=yaml  get -o jsonpath={x}
        get --output x  get -n x pods  apply  apply x  delete x  logs x -f  get *`,
      ),
      ...several(`docker`),
      ...behind('docker', `ps  ps -a  ps --format x  run  run x  run x y  rm x  logs x  inspect x y  ps --x  exec x`),
    ],
  },
  {
    rules: several(`jq *  jq . *  jq --arg a b *  jq -r *`),
    commands: [
      ...behind(
        'jq',
        `.  . x  . x.json y.json  . /etc/x  -r . x  --arg a b .  --arg a b . x  --arg a *.x .  --arg a  --arg * b .
        --argjson a 1 .  --arg a b --arg c d .  --indent --arg x y  --indent 4 .  env  import  $__loc__  -f x  -- . x
        --arg a b -- . x  -- --arg a b  --argx a b .  --arg /etc/x b . x  -rs . x  --tab .  .a *.json  --arg a b  .env
        x.env`,
      ),
    ],
  },
  {
    rules:
      several(`tar *  tar tf *  tar xf *  tar -tf *  tar xf x *  tar --list *  gzip *  gzip -l *  gzip -c x *  unzip *
      unzip -l *`),
    commands: [
      ...several(`tar`),
      ...behind(
        'tar',
        `t  tf x  tf x y  xf x  xf x y  -tf x  -tvf x  -xf x  --list  --list -f x  tf a:b  cf x y  tf x --to-command=y
        xf x --wildcards  xf a:b  f x  tf *.tar  tf /etc/x  -t -f x  tzf x -C y  xf x -z`,
      ),
      ...several(`gzip`),
      ...behind(
        'gzip',
        `x  -l x  -d x  -dc x  -lc x  -ld x  -t x  -ltd x  --list x  --stdout x  x -l  -9 x  -c x  -l .env  -l /etc/x
        -l *  -l* x  -l -- x  -c x y  -l --decompress x  - -l x  -- -l  -c -d x`,
      ),
      ...several(`unzip`),
      ...behind('unzip', `x  -l x  -l x y  -o x  -lo x  -q x  -p x  x -l  -l /etc/x  -ql x  -Z x  -Z1 x`),
    ],
  },
  {
    rules:
      several(`npm *  npm run *  npm run x *  npm test *  npm run x -- *  npm test -- *  npm ls *  npm ls -- *  npm exec *
      npm -- *`),
    commands: [
      ...several(`npm`),
      ...behind(
        'npm',
        `-v  --version  --version x  run  run x  run x y  run x -- y  run x -- --z  run x -- -v  run -- x  test
        test -- x  test -- -t x  test -- -t -x  test -- -t=x  test x  test -- *.ts  test -- src/*.ts  -- x  ls  ls x
        ls --depth=0  ls -- x  install  install x  exec x  exec -- x  ci  view x  test -- /etc/x  test -- --coverage
        test -- --bail=x  test -- --grep=x  test -- --grep x  run x --silent -- y  test -- -- -x`,
      ),
      ...behind('printf x |', `npm ls  npm ls x  npm test  npm exec x  npm exec  npm x  npm --version`),
      ...several(`npm @x/y`),
    ],
  },
  {
    rules:
      several(`yarn *  yarn run *  yarn run build *  yarn run x *  yarn run cat *  yarn test *  bun *  bun run x *  bun test *
      pnpm run x *`),
    commands: [
      ...several(`yarn`),
      ...behind(
        'yarn',
        `run  run build  run build x  run build --z  run build:a x  run x  run x y  run x -z  run cat x  run cat .env
        run cat -z  run ./x y  run - x  run -x y  test  test x  test --z  why x  x  --version`,
      ),
      ...behind(
        'printf x |',
        `yarn run x  yarn test  yarn test -  yarn run -  yarn x  yarn exec x  yarn node  yarn run x y`,
      ),
      ...several(`bun`),
      ...behind(
        'bun',
        `run  run build  run build x  run build --z  run build:a x  run x  run x y  run x -z  run cat x  run cat .env
        run cat -z  run ./x y  run - x  run -x y  test  test x  test --z  why x  x  --version`,
      ),
      ...behind('printf x |', `bun run x  bun test  bun test -  bun run -  bun x  bun exec x  bun node  bun run x y`),
      ...several(`pnpm`),
      ...behind(
        'pnpm',
        `run  run build  run build x  run build --z  run build:a x  run x  run x y  run x -z  run cat x  run cat .env
        run cat -z  run ./x y  run - x  run -x y  test  test x  test --z  why x  x  --version`,
      ),
      ...behind(
        'printf x |',
        `pnpm run x  pnpm test  pnpm test -  pnpm run -  pnpm x  pnpm exec x  pnpm node  pnpm run x y`,
      ),
    ],
  },
  {
    rules:
      several(`make *  make x *  go *  go test *  go env *  cargo *  cargo test *  cargo test -- *  pip *  pip show *
      pip install *  ruff *`),
    commands: [
      ...several(`make`),
      ...behind('make', `x  x y  -j4 x  -j 4  x A=b  -f x  *.o  a.b:c  -n  --jobs=4  x -k  /etc/x  --version  @x`),
      ...several(`go`),
      ...behind(
        'go',
        `version  version x  doc x  test  test ./...  test -run x  test -run=x -v  test -exec x  run x  env -w A=b`,
      ),
      ...behind(
        'cargo',
        `tree  test  test x  test -- --nocapture  test -- -x  test -p x  run  +nightly test  test +x  test a/b  test *`,
      ),
      ...several(`pip`),
      ...behind(
        'pip',
        `list  list x  show x  show -x  show x y  show x ../y  show ../x y  show ../x  freeze  install x  install  list --outdated  check x`,
      ),
      ...several(`ruff`),
      ...behind(
        'ruff',
        `check  check x  check /etc/x  format x  format  check --fix  check --diff x  check @x  --version`,
      ),
      ...behind(
        'printf x |',
        `make  make x  make -f -  ruff check -  pip list  go version  make --version  cargo test`,
      ),
    ],
  },
  {
    rules:
      several(`tsc *  tsc --noEmit *  tsc -p x *  vitest *  vitest run *  vitest  eslint *  pytest *  jest *  mocha x *
      prettier *`),
    commands: [
      ...several(`tsc`),
      ...behind(
        'tsc',
        `--noEmit  --noEmit x  x --noEmit  --noEmit false  --noEmit -p x  --noEmit -p /etc/x  --noEmit --outDir x  -p x
        -p ../x --noEmit  --noEmit --project=../x  --noEmit /etc/x  -v  --showConfig  --noEmit=false  -p x y  --build
        @x`,
      ),
      ...several(`vitest`),
      ...behind(
        'vitest',
        `run  run x  run --reporter=dot  run --reporter=x  run --reporter dot  dev  watch  run -t x  run --config x
        run -t @x  run @x  list  run --coverage  --reporter=tap run  init  run *.ts  run -t -x  --version`,
      ),
      ...behind('eslint', `x  -f json x  -f x y  --format=json x  --format x y  --fix x  --ext=.ts x  -fjson x  @x  -`),
      ...several(`pytest`),
      ...behind(
        'pytest',
        `-n 4  -n auto  -n x  -k x  -k -x  -p x  -v x  --maxfail=1  x::y  /etc/x  -n4  -nx  @x  -k @x`,
      ),
      ...several(`jest`),
      ...behind('jest', `x  --ci  -t x  --watchAll=false  --watchAll  x --config=y  -g @x`),
      ...behind('mocha', `x y  x --require y  x debug`),
      ...behind('prettier', `--check x  --write x  -c .  -l *.ts`),
      ...behind('printf x |', `eslint -  prettier -  vitest run  jest -  pytest`),
    ],
  },
  {
    rules:
      several(`git *  git -C x *  git -c a=b *  git --git-dir x *  git -c a=b log *  git -C x commit *  git --no-pager *
      git frob *`),
    commands: [
      ...several(`git`),
      ...behind(
        'git',
        `-C x  -C x status  -C x log -p  -C x log --output=y  -C x commit -m y  -c a=b log  -c a=b log -p  -c c=d log
        --no-pager log  --no-pager  -P log  --git-dir x log  --git-dir x log -p  --git-dir=x log  -p log
        --exec-path log  stash list  stash list -p  stash pop  worktree list  worktree add x  stash  frob  frob x
        status --help  -C x frob  --version  -C  -c  -x log  -C x -C y status  -C x -c a=b status  -c a=b -c c=d log
        commit -m x  -C x push  log *`,
      ),
    ],
  },
  {
    rules:
      several(`git *  git remote *  git config *  git branch *  git tag *  git push *  git fetch origin *  git stash *
      git reflog *`),
    commands: [
      ...behind(
        'git',
        `remote  remote -v  remote get-url x  remote add x y  remote show x  config  config a.b  config a.b c
        config get a.b  config list  config --get a.b  config --get a.b c  config --list  config -l  config x
        config --unset a.b  config get a b  branch  branch x  branch -a  branch --list x  branch -d x
        branch --merged x  branch -l x  tag  tag x  tag -l x  tag -n5  push  push origin  push upstream x  push x
        push origin x:y  push origin +x  push origin :x  push origin *  push -f origin  fetch origin  fetch origin x
        fetch origin /x  fetch --all  stash  stash pop  stash drop  stash push x  stash push ../x  reflog  reflog show
        reflog HEAD  reflog expire  reflog show x  log --format=%G  log --format=%h  log --pretty=%-G?
        for-each-ref --format=%(signature)  for-each-ref --format "%(refname)"  grep x  grep -e x y  grep x /etc/x
        grep -e x /etc/x  grep /etc/x  diff HEAD:x  diff HEAD:../x  show HEAD:.env  diff :(top)x  blame -L 1,5 x
        log -L1,5:x  log -n 5  log -5`,
      ),
    ],
  },
  {
    rules: several(
      `test *  [ *  cd *  cd - *  cd -P *  cd x *  exit *  pushd *  popd  popd *  export *  printf *  printf %s *  echo *`,
    ),
    commands: [
      ...several(`test`),
      ...behind('test', `-f x  -v x  -R x  -f *.ts  -f src/*  a -nt b  * x  -fx  -n "-v"  ! -f x  5 -gt 3  -x x  -X x`),
      ...behind('[', `-f x ]  -v x ]  * ]  a = b ]`),
      ...several(`cd`),
      ...behind('cd', `x  ..  -  -P  -P x  x y  *  src/*  +1  /etc  /ws/x  ~  ""  "" x  -- x  x -P`),
      ...several(`exit`),
      ...behind('exit', `0  999  1000  x  1 2`),
      ...several(`pushd  pushd x  popd  popd +1  export  export A  export A=b  printf`),
      ...behind('printf', `x  %s x  %d 5  %n x  x %n  %5n x  %hn  %%n  -v x  -- x  -- -v  *  %s *  -x  %a%n  src/*`),
      ...several(`echo`),
      ...behind('echo', `*  -e x  $x  .env  /etc/x`),
    ],
  },
  {
    rules:
      several(`rm *  rm build/*  rm -rf build/*  rm -rf *  rm ./*  rm .*/x  cp x *  cp src/* dist/*  mv /tmp/* x  mkdir *
      touch x/*`),
    commands: [
      ...behind(
        'rm',
        `x  build/x  build/../x  build/x y  build/x -f  -rf build/x  -rf x  build/*  build/.git/x  ./x  ./build/x
        -rf build/x --no-preserve-root  -i build/x  build/x build/y  ../x  .git/x  .x/x  build/.env  -rz build/x
        --force build/x`,
      ),
      ...behind('cp', `x y  x -r y  src/a dist/b  src/a dist/../b  src/.env dist/x`),
      ...several(`mv /tmp/a x  mv /tmp/../a x`),
      ...behind('mkdir', `x  -p x/y  /etc/x  -m 7 x`),
      ...behind('touch', `x/y  x/.npmrc  x/y/../z`),
      ...behind('rm', `-- x  build/x --  build/x -- -y`),
    ],
  },
  {
    rules: several(
      `date *  ip *  ip a *  systemctl *  systemctl status *  systemctl start *  ps *  man *  less *  less +x *  more *`,
    ),
    commands: [
      ...several(`date`),
      ...behind('date', `+%s  x  -u +x  -d x  -s x  -I  -Iseconds  -d x +y  +x y  -r x  --date=x`),
      ...several(`ip`),
      ...behind(
        'ip',
        `a  addr show  addr show dev x  addr add x  link set x  route  neigh list  -4 a  a show x y  x  -n x a`,
      ),
      ...several(`systemctl`),
      ...behind(
        'systemctl',
        `status  status x  start x  list-units  --type=x  stop  is-active x  status x stop  -H x status`,
      ),
      ...behind('man', `ls  -k x  5 x  /etc/x  *  -P x ls  x:y  --pager=x`),
      ...behind('less', `x  +x y  +x  /etc/x  -N x  -o x  x +y  -5 x  +x .env`),
      ...several(`more +x y  more x`),
    ],
  },
  {
    rules:
      several(`uniq *  uniq x *  xxd *  base64 *  sort *  seq *  diff *  head *  head -n *  tail -n5 *  cut -d *  wc *
      strings *`),
    commands: [
      ...behind('uniq', `x  x y  -c x  *  -c  x -c y  /etc/x`),
      ...behind('xxd', `x  x y  -r x`),
      ...several(`base64 x  base64 -d x y`),
      ...behind('sort', `x  -o x  -k 2 x  -k2 x  -k -x  --output=x  *  -t * x`),
      ...behind('seq', `5  -5 5  -w 5 *`),
      ...behind('diff', `a b  -u5 a b  -5 a b  a ../b  -r a b`),
      ...behind('head', `x  -n 5 x  -n -5 x  -n x  -5 x  -n *`),
      ...several(`tail -n5 x  tail -n5 -f x`),
      ...behind('cut', `-d : x  -d * x  -d -x`),
      ...behind('wc', `-l *  --files0-from=x  *.ts`),
      ...behind('strings', `x  @x  -n 5 x`),
    ],
  },
  {
    rules:
      several(`grep *  grep x *  grep -r x *  grep -e x *  grep -f *  rg *  rg x *  rg -e x *  rg --files *  fd *  ag *  ls *
      tree *  eza *`),
    commands: [
      ...behind(
        'grep',
        `x  x y  /etc/x  /etc/x y  x /etc/y  -e x /etc/y  -e /etc/x y  -r x  -r x .  -r x ..  *  * x  x *  -e * x
        -e -x y  -m 5 x y  -m -5 x  -f x  -f /etc/x y  --include=*.ts x  --include *.ts x  --include=.env x
        --regexp=x /etc/y`,
      ),
      ...behind(
        'rg',
        `x  x y  /etc/x  -e x /etc/y  --files  --files /etc  --pre x y  -g *.ts x  -g "*.ts" x  --glob=* x  x *  *
        -f x`,
      ),
      ...behind('fd', `x  x /etc  -x rm  -e ts  --exec rm`),
      ...behind('ag', `x  x /etc  /etc/x`),
      ...several(`ls`),
      ...behind('ls', `*  -*  -la /etc  -I * x  *x`),
      ...behind('tree', `-L 2  -L * x  -o x  *`),
      ...behind('eza', `*  -l  --icons=x  -L 2 /etc`),
    ],
  },
];
