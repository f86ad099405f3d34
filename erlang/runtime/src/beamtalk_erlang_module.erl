%% @doc Primitives of `ErlangModule', what `Erlang lists' answers.
-module(beamtalk_erlang_module).

-export([printString/1, 'doesNotUnderstand:args:'/3]).

-spec printString({'$erlang', module()}) -> binary().
printString(Self) -> beamtalk_print:print_string(Self).

-spec 'doesNotUnderstand:args:'({'$erlang', module()}, atom(), [term()]) -> term().
'doesNotUnderstand:args:'({'$erlang', Module}, Selector, Args) ->
    [Function | _] = string:split(atom_to_list(Selector), ":"),
    beamtalk_erlang:call(Module, list_to_atom(Function), Args).
