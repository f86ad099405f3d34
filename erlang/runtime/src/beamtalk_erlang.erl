%% @doc Calls of Erlang functions by message, the mapping of their results, and native modules.
-module(beamtalk_erlang).

-export([send/4, call/3, result/1, delegate/4]).
-export(['class doesNotUnderstand:args:'/3, 'class module:'/2]).

%% A message to an Erlang module: its first keyword names the function, all arguments follow. What
%% the module does not export and every object understands is answered by `ErlangModule'.
-spec send({'$erlang', module()}, module(), atom(), [term()]) -> term().
send(Self, Module, Selector, Args) ->
    Function = function_name(Selector),
    case is_exported(Module, Function, length(Args)) of
        true -> result(apply(Module, Function, Args));
        false -> send_to_object(Self, Module, Selector, Function, Args)
    end.

send_to_object(Self, Module, Selector, Function, Args) ->
    case
        beamtalk_class:definer('bt@stdlib@ErlangModule', Selector, length(Args) + 1)
    of
        nil -> result(apply(Module, Function, Args));
        _ -> 'bt@stdlib@ErlangModule':'$send'(Selector, Self, Args)
    end.

is_exported(Module, Function, Arity) ->
    _ = erlang:module_loaded(Module) orelse code:ensure_loaded(Module),
    erlang:function_exported(Module, Function, Arity).

function_name(Selector) ->
    case string:split(atom_to_list(Selector), ":") of
        [_] -> Selector;
        [First, _] -> list_to_atom(First)
    end.

%% Calls a function whose name is known, with the result mapped.
-spec call(module(), atom(), [term()]) -> term().
call(Module, Function, Args) -> result(apply(Module, Function, Args)).

%% `{ok, V}', `{error, R}', `ok' and `error' become `Result's.
-spec result(term()) -> term().
result({ok, Value}) -> beamtalk_result:ok(Value);
result({error, Reason}) -> beamtalk_result:error(Reason);
result(ok) -> beamtalk_result:ok(nil);
result(error) -> beamtalk_result:error(nil);
result(Other) -> Other.

%% `self delegate' in a class with a native module: the function named by the selector as it is
%% written, else with its colons turned into underscores.
-spec delegate(module(), atom(), term(), [term()]) -> term().
delegate(Module, Selector, Self, Args) ->
    Arity = length(Args) + 1,
    Function =
        case is_exported(Module, Selector, Arity) of
            true -> Selector;
            false -> native_name(Selector)
        end,
    apply(Module, Function, [Self | Args]).

native_name(Selector) ->
    Text = string:trim(atom_to_list(Selector), trailing, ":"),
    list_to_atom(lists:flatten(string:replace(Text, ":", "_", all))).

-spec 'class doesNotUnderstand:args:'(beamtalk_class:class_object(), atom(), [term()]) -> term().
'class doesNotUnderstand:args:'(_, Module, []) -> {'$erlang', Module};
'class doesNotUnderstand:args:'(Class, Selector, Args) -> beamtalk_exception:dnu(Class, Selector, Args).

-spec 'class module:'(beamtalk_class:class_object(), term()) -> {'$erlang', module()}.
'class module:'(_, Module) when is_atom(Module) -> {'$erlang', Module};
'class module:'(_, Other) -> beamtalk_exception:type_error('Erlang', 'module:', <<"a Symbol">>, Other).
