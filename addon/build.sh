#!/bin/sh
# Makes build/wharf.node. Called by `npm run build`, and alone after a change of addon/.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
${CC:-cc} -std=c17 -O2 -g0 -Wall -Wextra -Werror -Wno-missing-field-initializers \
  -fPIC -shared -fvisibility=hidden -fstack-protector-strong -D_FORTIFY_SOURCE=2 \
  -Wl,-z,relro,-z,now -Wl,-s \
  -Inode_modules/node-api-headers/include -DNAPI_VERSION=8 \
  -o build/.wharf.node.new addon/*.c
mv build/.wharf.node.new build/wharf.node
