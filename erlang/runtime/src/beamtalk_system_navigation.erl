%% @doc Primitives of `SystemNavigation': its one instance, which has no data, and what the code of
%% all methods mentions, read from the `'$index'()' of every module. Runs in the caller's process.
-module(beamtalk_system_navigation).

-export(['class default'/1, sites/1, extensionRecords/1, generatedSelectors/1, 'raiseFfiSpecError:'/2]).

-spec 'class default'(term()) -> map().
'class default'(_) -> #{'__class__' => 'bt@stdlib@SystemNavigation'}.

%% @doc Every send, named class, field access, symbol and call of Erlang: dictionaries with `class'
%% (the metaclass for class methods), `selector', `line', `kind', `name', and for sends `receiver',
%% for calls of Erlang `module' and `arity'.
-spec sites(term()) -> [map()].
sites(_) ->
    Classes = maps:from_list([{beamtalk_class:name(M), M} || M <- beamtalk_registry:classes()]),
    [Site || Module <- modules(), Entry <- index(Module), Site <- entry(Entry, Classes)].

modules() ->
    _ = beamtalk_registry:scan_extensions(),
    lists:usort(beamtalk_registry:classes() ++ beamtalk_registry:modules()).

%% Code of another version of the compiler has no index.
index(Module) ->
    case erlang:function_exported(Module, '$index', 0) of
        true -> Module:'$index'();
        false -> []
    end.

entry({Name, Side, Selector, Items}, Classes) ->
    case Classes of
        #{Name := Module} ->
            Site = #{class => sided(Module, Side), selector => Selector},
            [item(Item, Site) || Item <- Items];
        #{} ->
            []
    end.

sided(Module, instance) -> {'$class', Module};
sided(Module, class) -> {'$metaclass', Module}.

item({send, Selector, Receiver, Line}, Site) ->
    Site#{kind => send, name => Selector, receiver => receiver(Receiver), line => Line};
item({erlang, Module, Function, Arity, Line}, Site) ->
    Site#{kind => erlang, name => Function, module => Module, arity => Arity, line => Line};
item({Kind, Name, Line}, Site) ->
    Site#{kind => Kind, name => Name, line => Line}.

receiver({class, Name}) -> Name;
receiver(Word) -> Word.

%% @doc The extension methods: dictionaries with `class', `selector', `package' and `file'.
-spec extensionRecords(term()) -> [map()].
extensionRecords(_) ->
    _ = beamtalk_registry:scan_extensions(),
    [
        #{
            class => sided(Module, Side),
            selector => Selector,
            package => package_of(Function, Extension),
            file => maps:get(file, Extension, nil)
        }
     || #{target := Target, side := Side, selector := Selector, function := Function} = Extension <-
            beamtalk_registry:extensions(),
        {ok, Module} <- [beamtalk_registry:lookup(Target)]
    ].

%% The extension's module says the package: `bt@package@path@File+ext'.
package_of(_, #{module := Module}) ->
    case string:split(atom_to_list(Module), "@", all) of
        ["bt", Package | _] -> list_to_atom(Package);
        _ -> nil
    end;
package_of(_, _) ->
    nil.

%% @doc The selectors that objects answer without a method in their source: accessors and
%% constructors of value classes.
-spec generatedSelectors(term()) -> [atom()].
generatedSelectors(_) ->
    lists:usort([S || M <- beamtalk_registry:classes(), S <- generated(beamtalk_class:meta(M))]).

generated(#{kind := Kind, fields := Fields}) when Kind =:= value; Kind =:= exception; Kind =:= testCase ->
    Names = [atom_to_list(Name) || #{name := Name} <- Fields],
    Keywords = lists:append([Name ++ ":" || Name <- Names]),
    [list_to_atom(S) || S <- [Keywords | Names ++ [with(Name) || Name <- Names]], S =/= ""];
generated(_) ->
    [].

with([First | Rest]) -> "with" ++ string:uppercase([First]) ++ Rest ++ ":".

%% @doc Says how a specification of Erlang functions is written.
-spec 'raiseFfiSpecError:'(term(), term()) -> no_return().
'raiseFfiSpecError:'(_, Specification) ->
    Message = [
        "expected module, module:function or module:function/arity, got ",
        beamtalk_print:shown(Specification)
    ],
    beamtalk_exception:raise(invalid_argument, 'SystemNavigation', 'ffiSitesFor:', Message, nil, nil).
