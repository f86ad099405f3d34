%% @doc The class of any term, and the walk up its ancestors. Nothing here needs a running
%% registry: the tag of a value is its class's module, and a module knows its superclass.
-module(beamtalk_class).

-export([class_of/1, class_object/1, is_kind_of/2, inherits/2]).
-export([name/1, class_name/1, meta/1, super/1, ancestors/1, is_class_module/1, is_of_library/1]).
-export([definer/3, understands/2, kind/1, function_name/1, all_fields/1]).
-export([module_class_name/1]).
-export([class/1]).

-type class_object() :: {'$class', module()} | {'$metaclass', module()}.
-export_type([class_object/0]).

%% The module whose `$send' answers for the term's instance side. A class object dispatches by
%% `$csend' of its own module; asked here it is an instance of Metaclass.
-spec class_of(term()) -> module().
class_of(#{'__class__' := Module}) -> Module;
class_of(X) when is_integer(X) -> 'bt@stdlib@Integer';
class_of(X) when is_binary(X) -> binary_class(X);
class_of(X) when is_list(X) -> 'bt@stdlib@List';
class_of(nil) -> 'bt@stdlib@UndefinedObject';
class_of(true) -> 'bt@stdlib@True';
class_of(false) -> 'bt@stdlib@False';
class_of(X) when is_atom(X) -> 'bt@stdlib@Symbol';
class_of(X) when is_float(X) -> 'bt@stdlib@Float';
class_of(X) when is_map(X) -> 'bt@stdlib@Dictionary';
class_of(X) when is_function(X) -> 'bt@stdlib@Block';
class_of(X) when is_tuple(X) -> tuple_class(X);
class_of(X) when is_pid(X) -> 'bt@stdlib@Pid';
class_of(X) when is_reference(X) -> 'bt@stdlib@Reference';
class_of(X) when is_port(X) -> 'bt@stdlib@Port';
class_of(_Bitstring) -> 'bt@stdlib@Binary'.

%% `unicode:bin_is_7bit' scans at memory speed; only text beyond ASCII is decoded.
binary_class(X) ->
    case unicode:bin_is_7bit(X) of
        true -> 'bt@stdlib@String';
        false -> utf8_class(unicode:characters_to_binary(X), X)
    end.

utf8_class(X, X) -> 'bt@stdlib@String';
utf8_class(_, _) -> 'bt@stdlib@Binary'.

tuple_class({'$actor', Module, _}) -> Module;
tuple_class({'$class', _}) -> 'bt@stdlib@Class';
tuple_class({'$metaclass', _}) -> 'bt@stdlib@Metaclass';
tuple_class({'$supervisor', Module, _}) -> Module;
tuple_class({'$proxy', _, _}) -> 'bt@stdlib@TimeoutProxy';
tuple_class({'$future', _}) -> 'bt@stdlib@Future';
tuple_class({'$request', _, _, _, _, _}) -> 'bt@stdlib@Future';
tuple_class({'$erlang', _}) -> 'bt@stdlib@ErlangModule';
tuple_class(_) -> 'bt@stdlib@Tuple'.

%% What the message `class' answers.
-spec class_object(term()) -> class_object().
class_object({'$class', Module}) -> {'$metaclass', Module};
class_object(X) -> {'$class', class_of(X)}.

%% Is the term an instance of the class with that module, or of a subclass?
-spec is_kind_of(term(), module()) -> boolean().
is_kind_of(X, Module) -> inherits(class_of(X), Module).

%% Is the first class the second, or does it inherit from it?
-spec inherits(module(), module()) -> boolean().
inherits(Module, Module) ->
    true;
inherits(Module, Ancestor) ->
    case super(Module) of
        nil -> false;
        Super -> inherits(Super, Ancestor)
    end.

%% The class's constant description.
-spec meta(module()) -> map().
meta(Module) -> Module:'$meta'().

-spec super(module()) -> module() | nil.
super(Module) ->
    #{super := Super} = Module:'$meta'(),
    Super.

%% The class's module and those of its superclasses, nearest first.
-spec ancestors(module()) -> [module()].
ancestors(nil) -> [];
ancestors(Module) -> [Module | ancestors(super(Module))].

-spec kind(module()) -> value | actor | supervisor | exception | object | testCase.
kind(Module) -> maps:get(kind, Module:'$meta'()).

-spec is_class_module(module()) -> boolean().
is_class_module(Module) ->
    _ = code:ensure_loaded(Module),
    erlang:function_exported(Module, '$meta', 0) andalso
        erlang:function_exported(Module, '$send', 3).

%% Whether a module is the class library's.
-spec is_of_library(module()) -> boolean().
is_of_library(Module) -> lists:prefix("bt@stdlib@", atom_to_list(Module)).

%% The name of a class: of its module.
-spec name(module()) -> atom().
name(Module) ->
    try
        maps:get(name, Module:'$meta'())
    catch
        error:_ -> module_class_name(Module)
    end.

%% The class's name by its module's name alone, for a module that is not there.
-spec module_class_name(module()) -> atom().
module_class_name(Module) ->
    [Last | _] = lists:reverse(string:split(atom_to_list(Module), "@", all)),
    list_to_atom(Last).

%% The name of the class of any term; of a class object `X class'.
-spec class_name(term()) -> atom().
class_name({'$class', Module}) -> metaclass_name(Module);
class_name(X) -> name(class_of(X)).

%% Errors of the class side are made with it: compiled classes hold it ready.
metaclass_name(Module) ->
    try Module:'$meta'() of
        #{metaclass := Name} -> Name;
        #{name := Name} -> metaclass_of(Name)
    catch
        error:_ -> metaclass_of(module_class_name(Module))
    end.

metaclass_of(Name) -> binary_to_atom(<<(atom_to_binary(Name))/binary, " class">>).

%% The module that defines the function for a selector, from Module upward; nil where none does.
%% `Function' is `sel' or `class sel', the arity counts the receiver.
-spec definer(module() | nil, atom(), arity()) -> module() | nil.
definer(nil, _Function, _Arity) ->
    nil;
definer(Module, Function, Arity) ->
    case exports(Module, Function, Arity) of
        true -> Module;
        false -> definer(super(Module), Function, Arity)
    end.

exports(Module, Function, Arity) ->
    case erlang:function_exported(Module, Function, Arity) of
        true ->
            true;
        false ->
            not erlang:module_loaded(Module) andalso
                code:ensure_loaded(Module) =:= {module, Module} andalso
                erlang:function_exported(Module, Function, Arity)
    end.

%% The Erlang function that holds a selector's method.
-spec function_name(atom()) -> atom().
function_name(module_info) -> '$m:module_info';
function_name(Selector) -> Selector.

%% Would a send of the selector to the term find a method?
-spec understands(term(), atom()) -> boolean().
understands({'$class', Module}, Selector) ->
    Arity = selector_arity(Selector),
    definer(Module, class_function(Selector), Arity + 1) =/= nil orelse
        definer('bt@stdlib@Class', function_name(Selector), Arity + 1) =/= nil orelse
        beamtalk_registry:extension(Module, class, Selector, Arity) =/= none;
understands(X, Selector) ->
    Module = class_of(X),
    Arity = selector_arity(Selector),
    definer(Module, function_name(Selector), Arity + 1) =/= nil orelse
        beamtalk_registry:extension(Module, instance, Selector, Arity) =/= none.

class_function(Selector) ->
    list_to_atom("class " ++ atom_to_list(Selector)).

selector_arity(Selector) -> beamtalk_selector:arity(Selector).

%% The data of an instance in declared order, inherited first.
-spec all_fields(module()) -> [atom()].
all_fields(Module) ->
    lists:uniq(lists:append([
        [Name || #{name := Name} <- maps:get(fields, M:'$meta'())]
     || M <- lists:reverse(ancestors(Module))
    ])).

%%% Primitives of Class

-spec class(term()) -> class_object().
class(Class) -> class_object(Class).
