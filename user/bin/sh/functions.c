// SPDX-License-Identifier: MIT
// Trees, which are kept as long as somebody holds them, and functions, which hold the tree they
// stand in.
#include <stdlib.h>
#include <string.h>

#include "redirect.h"
#include "run.h"
#include "shell.h"

struct function {
    struct function *next;
    char *name;
    struct tree *tree;
    const struct node *body;
};

enum { CALL_LIMIT = 1000 };

static struct function *functions;

struct tree *tree_create(void) {
    struct tree *tree = get_memory(sizeof *tree);
    *tree = (struct tree){.holders = 1};
    return tree;
}

struct tree *tree_get(struct tree *tree) {
    tree->holders++;
    return tree;
}

void tree_put(struct tree *tree) {
    if (tree != NULL && --tree->holders == 0) {
        arena_clear(&tree->arena);
        free(tree);
    }
}

static struct function **find(const char *name) {
    struct function **link = &functions;
    while (*link != NULL && strcmp((*link)->name, name) != 0) {
        link = &(*link)->next;
    }
    return link;
}

struct function *function_find(const char *name) {
    return *find(name);
}

void function_remove(const char *name) {
    struct function **link = find(name);
    struct function *function = *link;
    if (function != NULL) {
        *link = function->next;
        tree_put(function->tree);
        free(function->name);
        free(function);
    }
}

void functions_forget(void) {
    while (functions != NULL) {
        function_remove(functions->name);
    }
}

void function_define(const struct node *node) {
    struct tree *tree = tree_get(shell.tree); // first: it may be held by the old one alone
    function_remove(node->name);
    struct function *function = get_memory(sizeof *function);
    *function = (struct function){
        .next = functions, .name = keep_text(node->name), .tree = tree, .body = node->left};
    functions = function;
}

int function_run(struct function *function, char **argv, int argc) {
    if (shell.calls == CALL_LIMIT) {
        return fail("%s: calls are too deeply nested", argv[0]);
    }
    struct tree *caller = shell.tree;
    struct parameters parameters = shell.parameters;
    int loops = shell.loops;
    struct tree *tree = tree_get(function->tree); // the function may be removed while it runs
    shell.tree = tree;
    shell.parameters = (struct parameters){.items = argv + 1, .count = argc - 1};
    shell.loops = 0;
    shell.calls++;
    int status = run(function->body, 0);
    if (shell.unwind == UNWIND_RETURN) {
        shell.unwind = UNWIND_NONE;
    }
    shell.calls--;
    free(shell.parameters.owned);
    shell.loops = loops;
    shell.parameters = parameters;
    shell.tree = caller;
    tree_put(tree);
    return status;
}
