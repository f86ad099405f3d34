%% @doc Erlang stack frames of compiled classes as `StackFrame' objects.
-module(beamtalk_stack).

-export([frames/1]).

-spec frames([term()]) -> [map()].
frames(Stack) ->
    joined([
        {is_block(Entry), frame(Parts, Entry)}
     || Entry <- Stack, (Parts = class_of_entry(Entry)) =/= none
    ]).

is_block({_, Function, _, _}) -> hd(atom_to_list(Function)) =:= $-.

%% A block that runs inside its own method is one frame with it: the line is the block's.
joined([{true, #{method := Method, receiverClass := Class} = Block}, {IsBlock, #{method := Method, receiverClass := Class}} | Rest]) ->
    joined([{IsBlock, Block} | Rest]);
joined([{_, Frame} | Rest]) ->
    [Frame | joined(Rest)];
joined([]) ->
    [].

class_of_entry({Module, Function, _, _}) ->
    case atom_to_list(Module) of
        "bt@" ++ _ when Function =:= '$send'; Function =:= '$csend' -> none;
        "bt@" ++ _ -> {atom_to_binary(beamtalk_class:module_class_name(Module)), Function};
        _ -> none
    end;
class_of_entry(_) ->
    none.

frame({ClassName, Function}, {Module, _, Arity, Location}) ->
    {Owner, Method} = method(ClassName, atom_to_list(Function)),
    #{
        '__class__' => 'bt@stdlib@StackFrame',
        method => Method,
        receiverClass => Owner,
        arguments => max(0, arity(Arity) - 1),
        moduleName => atom_to_binary(Module),
        line => proplists:get_value(line, Location, nil),
        file => file(proplists:get_value(file, Location))
    }.

arity(Args) when is_list(Args) -> length(Args);
arity(Arity) -> Arity.

file(undefined) -> nil;
file(File) -> unicode:characters_to_binary(File).

%% `-sel/2-fun-0-' is a block of `sel'; `class sel' is of the class side; an extension's function
%% names its class itself.
method(ClassName, "-" ++ Closure) ->
    [Name | _] = string:split(Closure, "/"),
    method(ClassName, Name);
method(ClassName, Name) ->
    case string:split(Name, ">>") of
        [Target, Selector] when Target =/= [] -> {list_to_binary(Target), list_to_atom(Selector)};
        _ -> class_side(ClassName, Name)
    end.

class_side(ClassName, "class " ++ Selector) ->
    {<<ClassName/binary, " class">>, list_to_atom(Selector)};
class_side(_ClassName, "statement " ++ _) ->
    {nil, doIt};
class_side(_ClassName, "$eval") ->
    {nil, doIt};
class_side(ClassName, Selector) ->
    {ClassName, list_to_atom(Selector)}.
