%% @doc Pipes: `source |>> target message |>> ...'. Each stage is sent the value of the one before
%% as an added first argument. The stages run in the process of the future that the pipe answers.
-module(beamtalk_pipe).

-export([run/3]).

-type stage() :: {Receiver :: term(), Selector :: atom(), Args :: [term()]}.

%% The future of the last stage's value; a stage that raises rejects it, and the rest is not run.
-spec run(term(), [stage()], beamtalk_send:site()) -> beamtalk_future:future().
run(Source, Stages, _Site) ->
    beamtalk_future:'class on:'(nil, fun() ->
        lists:foldl(fun stage/2, beamtalk_future:await(Source), Stages)
    end).

stage({Receiver, Selector, Args}, Value) ->
    beamtalk_send:send(Receiver, with_argument(Receiver, Selector), [Value | Args]).

%% The selector that takes one argument more: `process' is `process:', `validate:' the shortest
%% selector of the receiver that begins so, as `validate:with:'.
with_argument(Receiver, Selector) ->
    Text = atom_to_list(Selector),
    case lists:member($:, Text) of
        false -> list_to_atom(Text ++ ":");
        true -> longer(Selector, Text, selectors(Receiver))
    end.

longer(Selector, Text, Selectors) ->
    Arity = keywords(Text) + 1,
    Fitting = [
        Each
     || Each <- Selectors,
        lists:prefix(Text, atom_to_list(Each)),
        keywords(atom_to_list(Each)) =:= Arity
    ],
    case lists:sort(Fitting) of
        [Found | _] -> Found;
        [] -> Selector
    end.

keywords(Text) -> length([C || C <- Text, C =:= $:]).

selectors({'$class', Module}) -> selectors(Module, class_methods);
selectors({'$actor', Module, _}) -> selectors(Module, methods);
selectors(Receiver) -> selectors(beamtalk_class:class_of(Receiver), methods).

selectors(nil, _) -> [];
selectors(Module, Side) ->
    Meta = beamtalk_class:meta(Module),
    Own = [Selector || #{selector := Selector} <- maps:get(Side, Meta, [])],
    Own ++ selectors(maps:get(super, Meta, nil), Side).
