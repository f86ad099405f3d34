%% @doc Which method a stage of a pipe means: it is written without the value that it is sent.
-module(beamtalk_pipe).

-export([run/3, selector/3]).

%% The future of the last stage's value; a stage that raises rejects it, and the rest is not run.
-spec run(term(), [{term(), atom(), [term()]}], beamtalk_send:site()) -> beamtalk_future:future().
run(Source, Stages, Site) -> beamtalk_future:pipe(Source, Stages, Site).

%% The selector with one more keyword than the stage has: `process' means `process:', `validate:'
%% means the receiver's method of two keywords that starts so, and `validate:with:' where it has none.
-spec selector(term(), atom(), non_neg_integer()) -> atom().
selector(_Receiver, Selector, 0) ->
    with_colon(Selector);
selector({'$proxy', Actor, _}, Selector, Count) ->
    selector(Actor, Selector, Count);
selector(Receiver, Selector, Count) ->
    Prefix = atom_to_list(Selector),
    Candidates = [
        Candidate
     || Candidate <- methods(Receiver),
        beamtalk_selector:arity(Candidate) =:= Count + 1,
        lists:prefix(Prefix, atom_to_list(Candidate))
    ],
    case Candidates of
        [Found | _] -> Found;
        [] -> list_to_atom(Prefix ++ "with:")
    end.

with_colon(Selector) ->
    case beamtalk_selector:is_binary_selector(Selector) of
        true -> Selector;
        false -> list_to_atom(atom_to_list(Selector) ++ ":")
    end.

%% Nearest class first, each in the order of its source.
methods({'$class', Module}) -> methods(Module, class);
methods(Receiver) -> methods(beamtalk_class:class_of(Receiver), instance).

methods(Module, Side) ->
    lists:append([
        beamtalk_behaviour:local_methods(M, Side)
     || M <- beamtalk_class:ancestors(Module)
    ]).
